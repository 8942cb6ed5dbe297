import { describe, expect, it } from "vitest";
import { parseOptions, redactOptions, weekdaysOf } from "./options.ts";

describe("options", () => {
  it("takes an empty object as a valid file that only advises", () => {
    expect(parseOptions({})).toMatchObject({ mode: "advise", allowed_entities: [], redis_url: "", log_level: "info" });
  });

  it("lists every wrong option at once, with where and what is expected", () => {
    let message = "";
    try {
      parseOptions({
        mqtt_url: "broker",
        batteries: [{ id: "b" }],
        mode: "on",
        colour: "red",
        allowed_entities: ["lamp"],
      });
    } catch (error) {
      message = (error as Error).message;
    }
    for (const part of [
      "OPTIONS_INVALID",
      'Unrecognized key: "colour"',
      "mqtt_url",
      "mqtt://host:1883",
      "batteries[0].capacity_wh",
      "mode",
      "allowed_entities[0]",
      "switch.dishwasher",
    ])
      expect(message).toContain(part);
  });

  it("accepts one Redis, a list of them, or the process itself, and nothing else", () => {
    for (const redis_url of ["", "memory", "redis://a:6379", "redis://a:1, redis://b:2"])
      expect(parseOptions({ redis_url }).redis_url).toBe(redis_url);
    expect(() => parseOptions({ redis_url: "localhost" })).toThrow("redis_url");
  });

  it("never shows a secret", () => {
    const shown = JSON.stringify(
      redactOptions(
        parseOptions({
          mqtt_password: "hush1",
          home_assistant_token: "hush2",
          history_url: "postgres://u:hush3@h/d",
          redis_url: "redis://:hush4@h:1",
          mqtt_url: "mqtt://u:hush5@h:1",
        }),
      ),
    );
    expect(shown).not.toContain("hush");
    expect(shown).toContain("redis://***@h:1");
  });

  it("reads weekdays from Monday on", () => {
    expect(weekdaysOf("mon,sun")).toEqual([0, 6]);
  });
});
