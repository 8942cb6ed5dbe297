import { readFile } from "node:fs/promises";
import { withoutByteOrderMark } from "../domain/byte-order-mark.ts";
import { HyperVoltError } from "../domain/errors.ts";

/**
 * The options as the Supervisor, or the user, wrote them; a file that is not there is an empty one.
 * @throws HyperVoltError OPTIONS_INVALID
 */
export async function readOptionsFile(file: string, mustExist: boolean): Promise<unknown> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT" && !mustExist) return {};
    throw new HyperVoltError("OPTIONS_INVALID", `cannot read ${file}: ${(error as Error).message}`, { cause: error });
  }
  try {
    return JSON.parse(withoutByteOrderMark(text)) as unknown;
  } catch (error) {
    throw new HyperVoltError("OPTIONS_INVALID", `${file} is not JSON: ${(error as Error).message}`, { cause: error });
  }
}
