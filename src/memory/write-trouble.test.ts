import { expect, it } from "vitest";
import { freeBytesOf, WriteTrouble } from "./write-trouble.ts";

const failure = (code: string): Error => Object.assign(new Error("not written"), { code });
const MB = 1024 * 1024;

it("takes a disk that was full for full until there is room, not until a small write fits", () => {
  let free: number | null = 100_000;
  const trouble = new WriteTrouble(() => free);
  for (const code of ["SQLITE_FULL", "ENOSPC"]) {
    free = 100_000;
    trouble.failed(failure(code));
    for (let write = 0; write < 10; write++) {
      trouble.written();
      expect(trouble.current()).toContain(code);
    }
    free = 50 * MB;
    expect(trouble.current()).toContain(code); // room alone proves nothing
    trouble.written();
    expect(trouble.current()).toBeNull();
  }
  trouble.failed(failure("SQLITE_FULL"));
  free = null; // a file system that does not tell
  trouble.written();
  expect(trouble.current()).toBeNull();
});

it("takes every other trouble for over once something was written, and a wrong statement for none", () => {
  const trouble = new WriteTrouble(() => 0);
  trouble.failed(failure("SQLITE_BUSY"));
  expect(trouble.current()).toContain("SQLITE_BUSY");
  trouble.written();
  expect(trouble.current()).toBeNull();
  trouble.failed(failure("SQLITE_CONSTRAINT_UNIQUE"));
  expect(trouble.current()).toBeNull();
});

it("knows how much room there is, and of a folder that is not there nothing", () => {
  expect(freeBytesOf(import.meta.dirname)).toBeGreaterThan(0);
  expect(freeBytesOf("/no/such/folder")).toBeNull();
});
