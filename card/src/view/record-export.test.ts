import { expect, it } from "vitest";
import { allRows, textOf } from "./record-export.ts";

it("walks all pages of a list, with the filters on each", async () => {
  const asked: string[] = [];
  const get = async <T>(path: string): Promise<T> => {
    asked.push(path);
    const number = Number(new URLSearchParams(path.split("?")[1]).get("page"));
    return { count: 5, next: number < 3 ? "more" : null, previous: null, results: [{ id: number }] } as T;
  };
  expect(await allRows({ get }, "ai-decisions", { status: "failed" })).toEqual([{ id: 1 }, { id: 2 }, { id: 3 }]);
  expect(asked[1]).toBe("ai-decisions?status=failed&page=2&page_size=1000");
});

it("writes what others can read: quotes, breaks, objects, fields that only some rows have, no formulas", () => {
  const rows = [
    { id: 1, reason: 'Sun, "most" of it\nuntil 14:30', inputs: { price: 0.2 } },
    { id: 2, reason: "=HYPERLINK(1)", value: -3, done: null },
  ];
  expect(textOf(rows, "csv")).toBe(
    `id,reason,inputs,value,done\r\n1,"Sun, ""most"" of it\nuntil 14:30","{""price"":0.2}",,\r\n2,'=HYPERLINK(1),,-3,\r\n`,
  );
  expect(
    textOf(rows, "ndjson")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as unknown),
  ).toEqual(rows);
});
