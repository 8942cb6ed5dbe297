import type { ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Log } from "../domain/log.ts";
import type { Streamed } from "./route.ts";

/**
 * Sends text as it is produced, no faster than the client takes it. A client that goes away ends the source; a source
 * that fails cuts the answer off, so that half a file is never taken for a whole one.
 */
export async function sendStream(
  res: ServerResponse,
  { contentType, fileName, chunks }: Streamed,
  log: Log,
): Promise<void> {
  res.statusCode = 200;
  res.setHeader("Content-Type", contentType);
  if (fileName !== null) res.setHeader("Content-Disposition", `attachment; filename="${fileName}"`);
  if (res.req.method === "HEAD") return void res.end();
  try {
    await pipeline(Readable.from(chunks, { objectMode: true, highWaterMark: 1 }), res);
  } catch (error) {
    const gone = (error as NodeJS.ErrnoException).code === "ERR_STREAM_PREMATURE_CLOSE";
    if (!gone) log.warning("An export was cut off", { error: String(error) });
  }
}
