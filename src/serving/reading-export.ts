import { isoUtc } from "../domain/civil-time.ts";
import { readingDto } from "./present.ts";
import { Streamed } from "./route.ts";
import type { StoredReading } from "./views.ts";

/** Rows of a chunk of text: what waits for a slow client is a few of them. */
const CHUNK_ROWS = 500;

/** Readings as a file that is written while it is read. */
export function exportReadings(format: "csv" | "ndjson", batches: AsyncIterable<readonly StoredReading[]>): Streamed {
  return format === "csv"
    ? new Streamed("text/csv; charset=utf-8", "hypervolt-readings.csv", csv(batches))
    : new Streamed("application/x-ndjson; charset=utf-8", "hypervolt-readings.ndjson", ndjson(batches));
}

async function* csv(batches: AsyncIterable<readonly StoredReading[]>): AsyncGenerator<string> {
  yield "timestamp,sensor_id,sensor_type,location,value,unit\r\n";
  for await (const batch of batches)
    yield* inChunks(batch, ({ sensorId, atMs, value, sensor }) => {
      const texts = [sensorId, sensor?.sensorType ?? "other", sensor?.location ?? ""].map(cell).join(",");
      return `${isoUtc(atMs)},${texts},${value},${cell(sensor?.unit ?? "")}\r\n`;
    });
}

async function* ndjson(batches: AsyncIterable<readonly StoredReading[]>): AsyncGenerator<string> {
  for await (const batch of batches) yield* inChunks(batch, (reading) => `${JSON.stringify(readingDto(reading))}\n`);
}

function* inChunks(batch: readonly StoredReading[], row: (reading: StoredReading) => string): Generator<string> {
  for (let from = 0; from < batch.length; from += CHUNK_ROWS)
    yield batch
      .slice(from, from + CHUNK_ROWS)
      .map(row)
      .join("");
}

/** RFC 4180; a text that a spreadsheet would take for a formula gets an apostrophe. */
function cell(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
