import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, onTestFinished } from "vitest";
import { openDevServer } from "../../../card/dev/server.ts";
import type { DevServer } from "../../../card/dev/server.ts";
import { USUAL } from "../../../card/dev/simulated-home.ts";
import type { HomeShape } from "../../../card/dev/simulated-home.ts";
import { complaintsOf, eventually, openBrowser, untilPainted } from "./browser.ts";

export type Opening = Readonly<{
  width?: number;
  height?: number;
  dark?: boolean;
  query?: string;
  /** Browser's language. */
  language?: string;
  /** The reader wants no motion. */
  still?: boolean;
  shape?: Partial<HomeShape>;
}>;
export type OpenedPage = Readonly<{ page: Page; complaints: string[] }>;
type Change = Parameters<DevServer["tick"]>[0];

/** The built page with a simulated home behind it, in one browser for all tests of a describe. */
export class OpenedPages {
  server!: DevServer;
  browser!: Browser;

  constructor(webgl = true) {
    beforeAll(async () => {
      this.server = await openDevServer();
      this.browser = await openBrowser(webgl);
    });
    afterAll(async () => {
      await this.browser?.close();
      await this.server?.close();
    });
  }

  /** Shows a home of a shape in a page of its own, which closes with the test. */
  async open(options: Opening = {}): Promise<OpenedPage> {
    this.server.show({ ...USUAL, ...options.shape });
    this.server.writes.length = 0;
    const page = await this.browser.newPage({
      viewport: { width: options.width ?? 1280, height: options.height ?? 900 },
      colorScheme: options.dark ? "dark" : "light",
      reducedMotion: options.still ? "reduce" : "no-preference",
      ...(options.language === undefined ? {} : { locale: options.language }),
    });
    onTestFinished(() => page.close());
    const complaints = complaintsOf(page);
    await page.goto(`${this.server.url}${options.query ?? ""}`);
    return { page, complaints };
  }

  /** A change of the home that the page has taken once its heading says so. */
  async tell(page: Page, name: string, change: Change): Promise<void> {
    this.server.tick((home) => {
      change(home);
      home.name = name;
    });
    await eventually(() => page.getByRole("heading", { level: 1 }).textContent()).toBe(name);
    await untilPainted(page);
  }
}
