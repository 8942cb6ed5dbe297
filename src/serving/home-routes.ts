import type { z } from "zod";
import { assertMay } from "./admission.ts";
import { DecisionAnswer, EnergySourceAnswer, GridAnswer } from "./answer-schemas.ts";
import { HomeAnswer, HomeHistoryAnswer } from "./home-answers.ts";
import type { EnergySourceDto, GridDataDto, OverrideDto, PreferencesDto } from "./messages.ts";
import { decisionDto } from "./present.ts";
import {
  EnergySourcePatch,
  EnergySourcePatchById,
  GridKindQuery,
  GridQuery,
  HoursQuery,
  Override,
  PageQuery,
  Preferences,
  PreferencesPut,
  SearchQuery,
} from "./request-schemas.ts";
import { RequestRefused } from "./request-refused.ts";
import { defined, pageOf, route, sliceOf, type Route } from "./route.ts";
import { holding } from "./search.ts";
import type { EnergySourceChange, Views } from "./views.ts";

const gridList = async (
  views: Views,
  query: z.output<typeof GridKindQuery>,
  kinds: readonly GridDataDto["kind"][] | undefined,
) => {
  const { search, from: fromMs, to: toMs } = query;
  const { count, results } = await views.grid.list({ kinds, search, fromMs, toMs }, sliceOf(query));
  return { count, results };
};

const gridKind = (path: string, summary: string, kinds: readonly GridDataDto["kind"][]): Route =>
  route({
    method: "get",
    path,
    role: "viewer",
    summary,
    query: GridKindQuery,
    answer: GridAnswer,
    paged: true,
    handle: ({ query }, { views }) => gridList(views, query, kinds),
  });

/** /api/grid-data */
export const gridRoutes = (): Route[] => [
  route({
    method: "get",
    path: "/api/grid-data",
    role: "viewer",
    summary: "Prices, carbon intensity and weather, as they were known",
    query: GridQuery,
    answer: GridAnswer,
    paged: true,
    handle: ({ query }, { views }) => gridList(views, query, query.kind && [query.kind]),
  }),
  route({
    method: "get",
    path: "/api/grid-data/latest",
    role: "viewer",
    summary: "The newest of each kind",
    query: PageQuery,
    answer: GridAnswer,
    paged: true,
    handle: async ({ query }, { views }) => pageOf(await views.grid.latest(), query),
  }),
  gridKind("/api/grid-data/carbon_intensity", "Carbon intensity of the grid, gCO2e per kWh", ["carbon_intensity"]),
  gridKind("/api/grid-data/weather", "Temperature and cloud cover outdoors", ["temperature", "cloud_cover"]),
];

async function changeSource(views: Views, id: string, change: EnergySourceChange): Promise<EnergySourceDto> {
  const source = await views.home.changeEnergySource(id, change);
  if (source === undefined) throw new RequestRefused("NOT_FOUND", `There is no energy source ${id}`);
  return source;
}
const changeOf = (body: z.output<typeof EnergySourcePatchById>): EnergySourceChange => {
  const { id: _, ...change } = body;
  return defined(change) as EnergySourceChange;
};

const sameRoles = (a: PreferencesDto["roles"], b: PreferencesDto["roles"]): boolean => {
  const users = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...users].every((user) => a[user] === b[user]);
};

/** /api/preferences, /api/energy-sources, /api/home, /api/devices */
export const homeRoutes = (): Route[] => [
  route({
    method: "get",
    path: "/api/preferences",
    role: "viewer",
    summary: "What the user wants",
    answer: Preferences,
    handle: (_, { views }) => views.home.preferences(),
  }),
  route({
    method: "put",
    path: "/api/preferences",
    role: "operator",
    summary: "Change what the user wants; fields that are left out stay, roles are for administrators",
    body: PreferencesPut,
    answer: Preferences,
    handle: async ({ body, caller }, { views }) => {
      const before = await views.home.preferences();
      const after = { ...before, ...defined(body) } as PreferencesDto;
      if (!sameRoles(before.roles, after.roles)) assertMay(caller, "admin");
      return views.home.setPreferences(after);
    },
  }),
  route({
    method: "get",
    path: "/api/energy-sources",
    role: "viewer",
    summary: "Grid, solar and batteries",
    query: SearchQuery,
    answer: EnergySourceAnswer,
    paged: true,
    handle: async ({ query }, { views }) => pageOf(holding(await views.home.energySources(), query.search), query),
  }),
  route({
    method: "patch",
    path: "/api/energy-sources",
    role: "operator",
    summary: "Change a source: name, limits, whether it is used",
    body: EnergySourcePatch,
    answer: EnergySourceAnswer,
    errors: ["NOT_FOUND"],
    handle: ({ body }, { views }) => changeSource(views, body.id, changeOf(body)),
  }),
  route({
    method: "patch",
    path: "/api/energy-sources/{id}",
    role: "operator",
    summary: "The same for the source in the address",
    body: EnergySourcePatchById,
    answer: EnergySourceAnswer,
    handle: ({ params, body }, { views }) => changeSource(views, params["id"] ?? "", changeOf(body)),
  }),
  route({
    method: "get",
    path: "/api/home",
    role: "viewer",
    summary: "The home as it is drawn: rooms, devices, flows",
    answer: HomeAnswer,
    handle: async ({ caller }, { views }) => ({ ...(await views.home.now()), role: caller.role }),
  }),
  route({
    method: "get",
    path: "/api/home/history",
    role: "viewer",
    summary: "What was measured in the last hours, as columns",
    query: HoursQuery,
    answer: HomeHistoryAnswer,
    handle: ({ query }, { views }) => views.home.history(query.hours),
  }),
  route({
    method: "post",
    path: "/api/devices/{id}/override",
    role: "operator",
    summary: "A person's wish about a device: it wins at once, and HyperVolt stays away for a time",
    body: Override,
    answer: DecisionAnswer,
    errors: ["CONFLICT", "HOME_ASSISTANT_UNAVAILABLE"],
    handle: async ({ params, body, caller }, { views }) =>
      decisionDto(
        await views.home.override(params["id"] ?? "", defined(body) as OverrideDto, caller.user ?? "unknown"),
      ),
  }),
];
