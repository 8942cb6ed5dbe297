import { SensorAnswer } from "./answer-schemas.ts";
import type { SensorDto } from "./messages.ts";
import { sensorDto } from "./present.ts";
import { SensorPatch, SensorPatchById, SensorsQuery } from "./request-schemas.ts";
import { RequestRefused } from "./request-refused.ts";
import { defined, pageOf, route, type Route } from "./route.ts";
import { holding } from "./search.ts";
import type { UserRole } from "./access.ts";
import type { SensorCorrection, Views } from "./views.ts";
import type { z } from "zod";

type SensorsAsked = z.output<typeof SensorsQuery>;

const ORDERS: Record<string, (sensor: SensorDto) => string> = {
  sensor_id: (sensor) => sensor.sensor_id,
  name: (sensor) => sensor.name,
  timestamp: (sensor) => sensor.timestamp ?? "",
};

/** The listed sensors that a query lets through, as a page. */
export async function sensorList(
  views: Views,
  query: SensorsAsked,
): Promise<{ count: number; results: readonly SensorDto[] }> {
  const { sensor_type, sensor_id, location, search, ordering } = query;
  const keyOf = ORDERS[ordering.replace("-", "")] ?? ((sensor: SensorDto) => sensor.sensor_id);
  const sign = ordering.startsWith("-") ? -1 : 1;
  const sensors = (await views.sensors.list())
    .filter(
      ({ sensor }) =>
        (sensor_type === undefined || sensor.sensorType === sensor_type) &&
        (location === undefined || sensor.location === location) &&
        (sensor_id === undefined || sensor_id === sensor.sensorId),
    )
    .map(sensorDto)
    .toSorted((a, b) => sign * (compare(keyOf(a), keyOf(b)) || compare(a.sensor_id, b.sensor_id)));
  return pageOf(holding(sensors, search), query);
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** A name is a wish; what a sensor is for and how it is read changes what HyperVolt does. */
const roleToCorrect = (correction: Readonly<Record<string, unknown>>): UserRole =>
  ["role", "ignore", "calibration"].some((field) => correction[field] !== undefined) ? "admin" : "operator";

async function correct(views: Views, sensorId: string, correction: SensorCorrection): Promise<SensorDto> {
  const state = await views.sensors.correct(sensorId, correction);
  if (state === undefined) throw new RequestRefused("NOT_FOUND", `There is no sensor ${sensorId}`);
  return sensorDto(state);
}

const correctionOf = (body: z.output<typeof SensorPatchById>): SensorCorrection => {
  const { name, role, ignore, calibration } = body;
  return defined({ name, role, ignore, calibration }) as SensorCorrection;
};

/** /api/sensors */
export const sensorRoutes = (): Route[] => [
  route({
    method: "get",
    path: "/api/sensors",
    role: "viewer",
    summary: "Every sensor HyperVolt knows, with its newest value",
    query: SensorsQuery,
    answer: SensorAnswer,
    paged: true,
    handle: ({ query }, { views }) => sensorList(views, query),
  }),
  route({
    method: "patch",
    path: "/api/sensors",
    role: "operator",
    roleFor: roleToCorrect,
    summary: "Correct what a sensor is: name (operator); role, calibration, ignore (admin)",
    body: SensorPatch,
    answer: SensorAnswer,
    errors: ["NOT_FOUND"],
    handle: ({ body }, { views }) => correct(views, body.sensor_id, correctionOf(body)),
  }),
  route({
    method: "get",
    path: "/api/sensors/{id}",
    role: "viewer",
    summary: "One sensor",
    answer: SensorAnswer,
    handle: async ({ params }, { views }) => {
      const state = (await views.sensors.list()).find(({ sensor }) => sensor.sensorId === params["id"]);
      if (state === undefined) throw new RequestRefused("NOT_FOUND", `There is no sensor ${params["id"] ?? ""}`);
      return sensorDto(state);
    },
  }),
  route({
    method: "patch",
    path: "/api/sensors/{id}",
    role: "operator",
    roleFor: roleToCorrect,
    summary: "The same for the sensor in the address",
    body: SensorPatchById,
    errors: ["CONFLICT"],
    answer: SensorAnswer,
    handle: ({ params, body }, { views }) => {
      const sensorId = params["id"] ?? "";
      if (body.sensor_id !== undefined && body.sensor_id !== sensorId)
        throw new RequestRefused("CONFLICT", "The address and the body name different sensors");
      return correct(views, sensorId, correctionOf(body));
    },
  }),
];
