import { expect, it } from "vitest";
import { textLines } from "./text-lines.ts";

it.each(["", "a", "a\n", "\n\n", "a\r\nb\rc\nd", "time,x\r\n1,2\r\n", "\r\r\n\n\r", "a\r"])(
  "gives the lines of %j however it is cut",
  (text) => {
    const whole = text.split(/\r\n|\n|\r/);
    expect([...textLines([text])]).toEqual(whole);
    for (let size = 1; size <= 3; size++) {
      const pieces = Array.from({ length: Math.ceil(text.length / size) }, (_, k) =>
        text.slice(k * size, (k + 1) * size),
      );
      expect([...textLines(pieces)]).toEqual(whole);
    }
  },
);
