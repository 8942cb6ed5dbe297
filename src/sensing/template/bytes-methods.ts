import { raised } from "./fault.ts";
import type { Method } from "./methods.ts";
import { Bytes } from "./values.ts";

export function bytesMethod({ data }: Bytes, name: string): Method | undefined {
  if (name === "decode") return () => decodeBytes(data);
  if (name === "hex") return () => Buffer.from(data).toString("hex");
  return undefined;
}

export function decodeBytes(data: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(data);
  } catch {
    throw raised("'utf-8' codec can't decode");
  }
}
