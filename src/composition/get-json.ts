import { HyperVoltError } from "../domain/errors.ts";
import type { GetJson } from "../context/context-source.ts";

const ANSWER_MS = 10_000;
const MOST_BYTES = 4 * 1024 * 1024;

/** JSON over HTTPS with a time limit and a size limit; the URL's query, which may hold a key, never gets into a message. */
export const getJson: GetJson = async (url, headers = {}) => {
  const shown = url.split("?")[0] ?? url;
  let answer: Response;
  try {
    answer = await fetch(url, {
      headers: { accept: "application/json", ...headers },
      signal: AbortSignal.timeout(ANSWER_MS),
      redirect: "error",
    });
  } catch (error) {
    const cause = (error as { cause?: { code?: string } }).cause?.code ?? (error as Error).name;
    throw new HyperVoltError("SOURCE_UNAVAILABLE", `${shown} did not answer (${cause})`);
  }
  if (!answer.ok) throw new HyperVoltError("SOURCE_UNAVAILABLE", `${shown} answered ${answer.status}`);
  const text = await answer.text();
  if (text.length > MOST_BYTES)
    throw new HyperVoltError("SOURCE_UNAVAILABLE", `${shown} answered more than ${MOST_BYTES} bytes`);
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new HyperVoltError("SOURCE_UNAVAILABLE", `${shown} did not answer with JSON`);
  }
};
