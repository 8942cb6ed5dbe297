import { z } from "zod";
import { isoUtc } from "../domain/civil-time.ts";
import type { Sensor } from "../domain/reading.ts";
import { MS_PER_DAY, MS_PER_MINUTE, MS_PER_SECOND } from "../domain/units.ts";
import {
  pageAnswer,
  ReadingAnswer,
  SensorAnswer,
  SeriesAnswer,
  SeriesPointAnswer,
  WindowAnswer,
} from "./answer-schemas.ts";
import { readingDto } from "./present.ts";
import { exportReadings } from "./reading-export.ts";
import {
  BufferQuery,
  ExportQuery,
  MOST_READINGS_PER_POST,
  ReadingsQuery,
  RecentQuery,
  SensorsQuery,
  SeriesQuery,
  postedReading,
} from "./request-schemas.ts";
import { RequestRefused } from "./request-refused.ts";
import { pageOf, route, sliceOf, Reply, type Route, type Surroundings } from "./route.ts";
import { sensorList } from "./sensor-routes.ts";
import type { PostedReading, ReadingFilter, Views } from "./views.ts";

const filterOf = (query: z.output<typeof ExportQuery> | z.output<typeof ReadingsQuery>): ReadingFilter => ({
  sensorType: query.sensor_type,
  sensorId: query.sensor_id,
  location: query.location,
  search: query.search,
  fromMs: query.from,
  toMs: query.to,
});

/** What a sensor is, also one that is no longer listed. */
async function sensorOf(views: Views, sensorId: string): Promise<Sensor | null> {
  const listed = (await views.sensors.list()).find(({ sensor }) => sensor.sensorId === sensorId);
  if (listed !== undefined) return listed.sensor;
  const { results } = await views.readings.readings({ sensorId }, { offset: 0, limit: 1, order: "newest" });
  return results[0]?.sensor ?? null;
}

const DEFAULT_BUCKETS = 288;
const MOST_BUCKETS = 100_000;

/** /api/sensor-readings and what lies below it. `clock` bounds the times of posted readings. */
export function readingRoutes({ clock }: Pick<Surroundings, "clock">): Route[] {
  const Posted = postedReading(() => clock.nowMs());
  const PostedBody = z.union([Posted, z.array(Posted).min(1).max(MOST_READINGS_PER_POST)]);
  return [
    route({
      method: "get",
      path: "/api/sensor-readings",
      role: "viewer",
      summary: "Readings of the history",
      query: ReadingsQuery,
      answer: ReadingAnswer,
      paged: true,
      handle: async ({ query }, { views }) => {
        const { count, results } = await views.readings.readings(filterOf(query), sliceOf(query));
        return { count, results: results.map(readingDto) };
      },
    }),
    route({
      method: "post",
      path: "/api/sensor-readings",
      role: "operator",
      summary: "Store one reading, or up to 1,000; answered after the commit, all of them or none",
      body: PostedBody,
      answer: z.union([ReadingAnswer, pageAnswer(ReadingAnswer)]),
      status: 201,
      errors: ["NOT_FOUND"],
      handle: async ({ body }, { views }) => {
        const posted = (Array.isArray(body) ? body : [body]).map((one): PostedReading => ({
          sensorId: one.sensor_id,
          sensorType: one.sensor_type ?? null,
          location: one.location ?? null,
          unit: one.unit ?? null,
          value: one.value,
          atMs: one.timestamp ?? clock.nowMs(),
        }));
        const results = (await views.readings.post(posted)).map(readingDto);
        return Array.isArray(body) ? { count: results.length, next: null, previous: null, results } : results[0];
      },
    }),
    route({
      method: "get",
      path: "/api/sensor-readings/latest",
      role: "viewer",
      summary: "The newest reading of each sensor",
      query: SensorsQuery,
      answer: SensorAnswer,
      paged: true,
      handle: ({ query }, { views }) => sensorList(views, query),
    }),
    route({
      method: "get",
      path: "/api/sensor-readings/recent",
      role: "viewer",
      summary: "Readings of the last minutes",
      query: RecentQuery,
      answer: ReadingAnswer,
      paged: true,
      handle: async ({ query }, { views }) => {
        const { sensor_type: sensorType, sensor_id: sensorId, location } = query;
        const filter = { sensorType, sensorId, location, fromMs: clock.nowMs() - query.minutes };
        const { count, results } = await views.readings.readings(filter, sliceOf(query));
        return { count, results: results.map(readingDto) };
      },
    }),
    route({
      method: "get",
      path: "/api/sensor-readings/buffer",
      role: "viewer",
      summary: "The hot window: the last 60 readings of each sensor, with its age and size",
      query: BufferQuery,
      answer: WindowAnswer,
      paged: true,
      errors: ["HOT_WINDOW_UNAVAILABLE"],
      handle: async ({ query }, { views }) => {
        const labels = new Map((await views.sensors.list()).map(({ sensor }) => [sensor.sensorId, sensor]));
        const nowMs = clock.nowMs();
        const windows = (await views.readings.windows())
          .filter(({ sensorId }) => query.sensor_id === undefined || sensorId === query.sensor_id)
          .toSorted((a, b) => (a.sensorId < b.sensorId ? -1 : 1));
        const { count, results } = pageOf(windows, query);
        return {
          count,
          results: results.map(({ sensorId, readings }) => {
            const label = labels.get(sensorId);
            const newest = readings.at(-1);
            return {
              sensor_id: sensorId,
              sensor_type: label?.sensorType ?? "other",
              unit: label?.unit ?? "",
              location: label?.location ?? null,
              size: readings.length,
              age_s: newest === undefined ? null : Math.max(0, (nowMs - newest.atMs) / MS_PER_SECOND),
              readings: readings.map(({ atMs, value }) => ({ timestamp: isoUtc(atMs), value })),
            };
          }),
        };
      },
    }),
    route({
      method: "get",
      path: "/api/sensor-readings/series",
      role: "viewer",
      summary: "One sensor, downsampled: least, mean and most of each step; the last day where no time is given",
      query: SeriesQuery,
      answer: SeriesPointAnswer,
      paged: true,
      beside: SeriesAnswer,
      errors: ["NOT_FOUND"],
      handle: async ({ query }, { views }) => {
        const toMs = query.to ?? clock.nowMs();
        const fromMs = query.from ?? toMs - MS_PER_DAY;
        if (toMs <= fromMs) throw new RequestRefused("REQUEST_INVALID", "Wrong: to", { to: "is not after from" });
        const stepMs = query.step ?? Math.ceil((toMs - fromMs) / DEFAULT_BUCKETS / MS_PER_MINUTE) * MS_PER_MINUTE;
        if ((toMs - fromMs) / stepMs > MOST_BUCKETS)
          throw new RequestRefused("REQUEST_INVALID", "Wrong: step", { step: `gives more than ${MOST_BUCKETS} steps` });
        const sensor = await sensorOf(views, query.sensor_id);
        if (sensor === null) throw new RequestRefused("NOT_FOUND", `There is no sensor ${query.sensor_id}`);
        const buckets = await views.readings.series(query.sensor_id, fromMs, toMs, stepMs);
        const { count, results } = pageOf(buckets, query);
        return {
          sensor_id: query.sensor_id,
          unit: sensor.unit,
          step_s: stepMs / MS_PER_SECOND,
          count,
          results: results.map(({ startMs, min, mean, max, count: readings }) => ({
            timestamp: isoUtc(startMs),
            min,
            mean,
            max,
            count: readings,
          })),
        };
      },
    }),
    route({
      method: "get",
      path: "/api/sensor-readings/export",
      role: "admin",
      summary: "Readings as CSV or NDJSON, streamed, oldest first",
      query: ExportQuery,
      files: ["text/csv", "application/x-ndjson"],
      handle: ({ query }, { views }) => exportReadings(query.format, views.readings.exportReadings(filterOf(query))),
    }),
    route({
      method: "get",
      path: "/api/sensor-readings/{id}",
      role: "viewer",
      summary: "One reading",
      answer: ReadingAnswer,
      handle: async ({ params }, { views }) => {
        const reading = await views.readings.reading(params["id"] ?? "");
        if (reading === null) throw new RequestRefused("NOT_FOUND", "There is no such reading");
        return readingDto(reading);
      },
    }),
    route({
      method: "delete",
      path: "/api/sensor-readings/{id}",
      role: "admin",
      summary: "Delete one reading",
      status: 204,
      handle: async ({ params }, { views }) => {
        if (!(await views.readings.deleteReading(params["id"] ?? "")))
          throw new RequestRefused("NOT_FOUND", "There is no such reading");
        return new Reply(204, undefined);
      },
    }),
  ];
}
