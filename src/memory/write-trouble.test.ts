import { expect, it } from "vitest";
import { hasRoom, WriteTrouble } from "./write-trouble.ts";

const failure = (code: string): Error => Object.assign(new Error("not written"), { code });

it("takes a disk that was full for full until there is room, not until a small write fits", () => {
  let room = false;
  const trouble = new WriteTrouble(() => room);
  for (const code of ["SQLITE_FULL", "ENOSPC"]) {
    room = false;
    trouble.failed(failure(code));
    for (let write = 0; write < 10; write++) {
      trouble.written();
      expect(trouble.current()).toContain(code);
    }
    room = true;
    expect(trouble.current()).toContain(code); // room alone proves nothing
    trouble.written();
    expect(trouble.current()).toBeNull();
  }
});

it("takes every other trouble for over once something was written, and a wrong statement for none", () => {
  const trouble = new WriteTrouble(() => false);
  trouble.failed(failure("SQLITE_BUSY"));
  expect(trouble.current()).toContain("SQLITE_BUSY");
  trouble.written();
  expect(trouble.current()).toBeNull();
  trouble.failed(failure("SQLITE_CONSTRAINT_UNIQUE"));
  expect(trouble.current()).toBeNull();
});

it("holds no disk for full of which nobody knows", () => {
  expect(hasRoom("/no/such/folder")).toBe(true);
});
