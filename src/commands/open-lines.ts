import { closeSync, openSync, readSync } from "node:fs";
import { HyperVoltError } from "../domain/errors.ts";
import { textLines } from "../domain/text-lines.ts";

const PIECE_BYTES = 1 << 18;

/** The lines of a file, read once, piece by piece: a history of years need not fit into memory as text. */
export type OpenLines = Iterable<string> & Disposable;

/**
 * Opens a text file (UTF-8).
 * @throws HyperVoltError USAGE when it cannot be read
 */
export function openLines(file: string): OpenLines {
  const unreadable = (error: unknown): HyperVoltError =>
    new HyperVoltError("USAGE", `cannot read ${file}: ${(error as Error).message}`);
  const attempt = <T>(action: () => T): T => {
    try {
      return action();
    } catch (error) {
      throw unreadable(error);
    }
  };
  const descriptor = attempt(() => openSync(file, "r"));
  const bytes = Buffer.allocUnsafe(PIECE_BYTES);
  const read = (): number => attempt(() => readSync(descriptor, bytes));
  let count: number;
  try {
    // a folder can be opened, and not be read
    count = read();
  } catch (error) {
    closeSync(descriptor);
    throw error;
  }
  function* pieces(): Generator<string, void, undefined> {
    const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
    for (; count > 0; count = read()) yield decoder.decode(bytes.subarray(0, count), { stream: true });
    yield decoder.decode();
  }
  return { [Symbol.iterator]: () => textLines(pieces()), [Symbol.dispose]: () => closeSync(descriptor) };
}
