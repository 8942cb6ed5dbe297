import { readFileSync, statSync } from "node:fs";
import { HyperVoltError } from "../domain/errors.ts";

/** No file of a model is as large. */
const MOST_BYTES = 64 * 1024 * 1024;

/**
 * The content of a file of a model. What is no plain file, a pipe or a device for one, is never opened: reading it would
 * not end.
 * @throws HyperVoltError MODEL_INVALID for what is no plain file, or too large; the system's error where it cannot be read
 */
export function readModelFile(file: string): Buffer {
  const found = statSync(file);
  if (!found.isFile()) throw new HyperVoltError("MODEL_INVALID", `${file} is no file`);
  if (found.size > MOST_BYTES) throw new HyperVoltError("MODEL_INVALID", `${file} is too large for a model`);
  return readFileSync(file);
}
