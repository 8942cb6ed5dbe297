import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { bundleCard } from "../../../card/bundle.mjs";
import { openDevServer } from "../../../card/dev/server.ts";
import { canBrowse, DIST, drawingOf, openBrowser, SHOTS, untilStill, untilTwin, untilWhole } from "./browser.ts";

describe.runIf(canBrowse())("three.js without what the twin never draws", () => {
  it("gives the same pixels as the whole of it, by day, at night and with rooms tinted", async () => {
    const whole = mkdtempSync(path.join(tmpdir(), "hypervolt-whole-three-"));
    onTestFinished(() => rmSync(whole, { recursive: true, force: true }));
    const { sizes } = await bundleCard(whole, { lean: false });
    const server = await openDevServer();
    const browser = await openBrowser();
    onTestFinished(async () => {
      await browser.close();
      await server.close();
    });
    const pictures = async (dist: string): Promise<Buffer[]> => {
      server.serve(dist);
      const taken: Buffer[] = [];
      for (const [dark, hour, tint] of [
        [false, "10:00", "none"],
        [true, "20:40", "none"],
        [false, "12:00", "warmth"],
      ] as const) {
        server.show({ nowMs: Date.parse(`2026-06-18T${hour}:00Z`) });
        const page = await browser.newPage({
          viewport: { width: 900, height: 700 },
          colorScheme: dark ? "dark" : "light",
          reducedMotion: "reduce",
        });
        await page.goto(server.url);
        await untilTwin(page);
        await page.getByLabel("Colour rooms by").selectOption(tint);
        await untilWhole(page);
        taken.push(await untilStill(page, () => drawingOf(page)));
        await page.close();
      }
      return taken;
    };
    const [lean, full] = [await pictures(DIST), await pictures(whole)];
    expect(sizes.twin).toBeGreaterThan(110_000);
    mkdirSync(SHOTS, { recursive: true });
    for (const [i, picture] of lean.entries()) {
      writeFileSync(path.join(SHOTS, `pixels-${i}-lean.png`), picture);
      writeFileSync(path.join(SHOTS, `pixels-${i}-whole.png`), full[i] as Buffer);
    }
    lean.forEach((picture, i) => expect(picture.equals(full[i] as Buffer), `picture ${i}`).toBe(true));
  });
});
