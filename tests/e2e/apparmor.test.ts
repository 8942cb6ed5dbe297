import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { isThere, programPath } from "../harness/local-service.ts";

const PROFILE = path.resolve(import.meta.dirname, "../../apparmor.txt");
const parser = programPath("apparmor_parser", ["/sbin"]);
const there = isThere("apparmor_parser", parser);

/** Where its abstractions are: beside it where it was only unpacked. */
const beside = path.resolve(path.dirname(parser ?? "/sbin"), "../etc/apparmor.d");
const abstractions = existsSync(beside) ? beside : "/etc/apparmor.d";

/** Parses without a kernel that has AppArmor; throws with what the parser said. */
const parse = (file: string): string =>
  execFileSync(parser ?? "", ["--skip-kernel-load", "--skip-cache", "--base", abstractions, "--names", file], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
  });

describe.skipIf(!there)("apparmor.txt, by AppArmor's own parser", () => {
  it("is a profile of the name the Supervisor replaces", () => {
    expect(parse(PROFILE).trim()).toBe("hypervolt");
  });

  it("would be refused with a slip of the pen", () => {
    const folder = mkdtempSync(path.join(tmpdir(), "hypervolt-apparmor-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const broken = path.join(folder, "apparmor.txt");
    writeFileSync(broken, readFileSync(PROFILE, "utf8").replace("/data/{,**} rwk,", "/data/{,**} rwz,"));
    expect(() => parse(broken)).toThrow("syntax error");
  });
});
