/**
 * What the Supervisor of 2026 asks of an app's `config.yaml`, from its documentation and from watching it: each
 * function gives back what it would object to, in words, and nothing where it would be content.
 */
type Config = Readonly<Record<string, unknown>>;
type Check = (value: unknown) => boolean;

const text: Check = (value) => typeof value === "string";
/** As it reads booleans: also as a word or a number. */
const bool: Check = (value) =>
  typeof value === "boolean" || /^(true|false|1|0|yes|no|on|off|enable|disable)$/i.test(String(value));
const oneOf =
  (...words: string[]): Check =>
  (value) =>
    words.includes(String(value));
const matching =
  (pattern: RegExp): Check =>
  (value) =>
    typeof value === "string" && pattern.test(value);
const listOf =
  (check: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(check);
const port: Check = (value) => Number.isInteger(Number(value)) && Number(value) >= 1 && Number(value) <= 65_535;
const url: Check = (value) => typeof value === "string" && URL.canParse(value) && new URL(value).host !== "";
const MAPS =
  "data config homeassistant_config app_config local_apps all_app_configs addon_config addons all_addon_configs ssl backup share media".split(
    " ",
  );
const mapEntry: Check = (entry) =>
  typeof entry === "object" &&
  entry !== null &&
  MAPS.includes(String((entry as Config)["type"])) &&
  Object.entries(entry).every(
    ([key, value]) =>
      key === "type" ||
      (key === "read_only" && typeof value === "boolean") ||
      (key === "path" && typeof value === "string"),
  );

/** Keys it knows; every other one is dropped without a word, so that a misspelt one never holds. */
const KEYS: Readonly<Record<string, Check>> = {
  name: text,
  version: (value) => typeof value === "string" && value !== "",
  slug: matching(/^[-_.A-Za-z0-9]+$/),
  description: text,
  arch: listOf(oneOf("aarch64", "amd64")),
  machine: listOf(text),
  url,
  startup: oneOf("initialize", "system", "services", "application", "once"),
  boot: oneOf("auto", "manual", "manual_only"),
  init: bool,
  stage: oneOf("stable", "experimental", "deprecated"),
  ports: (value) => typeof value === "object" && value !== null,
  ports_description: (value) => typeof value === "object" && value !== null,
  watchdog: matching(/^(?:https?|\[PROTO:\w+\]|tcp):\/\/\[HOST\]:(\[PORT:\d+\]|\d+).*$/),
  webui: matching(/^(?:https?|\[PROTO:\w+\]):\/\/\[HOST\]:\[PORT:\d+\].*$/),
  ingress: bool,
  ingress_port: (value) => value === 0 || port(value),
  ingress_entry: text,
  ingress_stream: bool,
  panel_icon: matching(/^mdi:[a-z0-9-]+$/),
  panel_title: text,
  panel_admin: bool,
  homeassistant: matching(/^20\d\d\.\d{1,2}\.\d+$/),
  homeassistant_api: bool,
  services: listOf(matching(/^(mqtt|mysql):(provide|want|need)$/)),
  map: listOf(mapEntry),
  environment: (value) => typeof value === "object" && Object.values(value as object).every(text),
  backup: oneOf("hot", "cold"),
  backup_pre: text,
  backup_post: text,
  backup_exclude: listOf(text),
  breaking_versions: listOf(text),
  image: matching(/^([a-z0-9{][a-z0-9.{}-]*(:\d+)?\/)*?([a-z0-9{][a-z0-9.{}-]*\/)*?([a-z0-9{][a-z0-9._{}-]*)$/),
  timeout: (value) => Number.isInteger(value) && Number(value) >= 10 && Number(value) <= 300,
  options: (value) => typeof value === "object" && value !== null,
  schema: (value) => typeof value === "object" && value !== null,
};
/** What it takes without a word but what costs us a point, or asks for more than we need. */
const COSTLY =
  "host_network host_pid host_uts host_ipc host_dbus full_access docker_api hassio_api hassio_role privileged auth_api apparmor devices gpio usb uart video audio udev kernel_modules devicetree journald stdin realtime tmpfs ports discovery".split(
    " ",
  );
const REQUIRED = ["name", "version", "slug", "description", "arch"];

const SIZE = String.raw`(?:\((-?\d*\.?\d+)?,(-?\d*\.?\d+)?\))?`;
const ELEMENT = new RegExp(
  String.raw`^(?:(bool|email|url|port|device(?:\(subsystem=[a-z]+\))?)|(str|password|int|float)${SIZE}|match\((.*)\)|list\((.+)\))(\?)?$`,
);
type Element = Readonly<{ kind: string; least: number; most: number; words: readonly string[]; optional: boolean }>;

/** One element of `schema`; undefined where it is none. */
export function parseElement(element: string): Element | undefined {
  const found = ELEMENT.exec(element);
  if (!found) return undefined;
  const [, plain, sized, least, most, match, list, optional] = found;
  const whole = sized === "int" || sized === "str" || sized === "password";
  if (whole && [least, most].some((limit) => limit?.includes("."))) return undefined;
  return {
    kind: plain ?? sized ?? (match === undefined ? "list" : "match"),
    least: least === undefined ? -Infinity : Number(least),
    most: most === undefined ? Infinity : Number(most),
    words: list?.split("|") ?? (match === undefined ? [] : [match]),
    optional: optional !== undefined,
  };
}

function objectionsToValue(element: unknown, value: unknown, at: string): string[] {
  if (Array.isArray(element)) {
    if (!Array.isArray(value)) return [`${at}: a list is expected`];
    return value.flatMap((one, i) => objectionsToValue(element[0], one, `${at}[${i}]`));
  }
  if (typeof element === "object" && element !== null) {
    if (typeof value !== "object" || value === null) return [`${at}: a mapping is expected`];
    const known = element as Config;
    return Object.entries(known).flatMap(([key, inner]) => {
      const given = (value as Config)[key];
      if (given !== undefined) return objectionsToValue(inner, given, `${at}.${key}`);
      return isOptional(inner) ? [] : [`${at}.${key} is missing`];
    });
  }
  const parsed = typeof element === "string" ? parseElement(element) : undefined;
  if (!parsed || value === null || value === undefined) return [`${at}: no value, or no type`];
  const size = Number(value);
  const fits = ((): boolean => {
    switch (parsed.kind) {
      case "int":
        return Number.isInteger(size) && size >= parsed.least && size <= parsed.most;
      case "float":
        return Number.isFinite(size) && size >= parsed.least && size <= parsed.most;
      case "bool":
        return bool(value);
      case "list":
        return typeof value === "string" && parsed.words.includes(value);
      case "port":
        return port(value);
      case "url":
        return url(value);
      default:
        return typeof value === "string";
    }
  })();
  return fits ? [] : [`${at}: ${JSON.stringify(value)} is no ${String(element)}`];
}

/** A list is as optional as what is in it; a mapping never is, nor is a list of them: those need a default. */
function isOptional(element: unknown): boolean {
  const of: unknown = Array.isArray(element) ? element[0] : element;
  return typeof of === "string" && of.endsWith("?");
}

function objectionsToElement(element: unknown, at: string, inList = false): string[] {
  if (typeof element === "string") return parseElement(element) ? [] : [`${at}: "${element}" is no type`];
  if (Array.isArray(element)) {
    if (inList) return [`${at}: a list in a list`];
    return element.length === 1 ? objectionsToElement(element[0], at, true) : [`${at}: a list of one type is expected`];
  }
  if (typeof element !== "object" || element === null) return [`${at}: neither type, list nor mapping`];
  return Object.entries(element).flatMap(([key, inner]) => objectionsToElement(inner, `${at}.${key}`));
}

/** Everything the Supervisor would refuse, drop or warn of, and everything that would keep the app from starting. */
export function objectionsTo(config: Config): string[] {
  const missing = REQUIRED.filter((key) => !(key in config)).map((key) => `${key} is missing`);
  const wrong = Object.entries(config).flatMap(([key, value]) => {
    const check = KEYS[key];
    if (!check) return [`${key} is not known, or asks for more than is needed`];
    return check(value) ? [] : [`${key}: ${JSON.stringify(value)?.slice(0, 80)} is not taken`];
  });
  const schema = (config["schema"] ?? {}) as Config;
  const options = (config["options"] ?? {}) as Config;
  const elements = Object.entries(schema).flatMap(([key, element]) => objectionsToElement(element, `schema.${key}`));
  const unknown = Object.keys(options)
    .filter((key) => !(key in schema))
    .map((key) => `options.${key} is in no schema`);
  const values = Object.entries(schema).flatMap(([key, element]) => {
    const value = options[key];
    if (value !== undefined) return objectionsToValue(element, value, `options.${key}`);
    return isOptional(element) ? [] : [`options.${key} has no default: the app would not start`];
  });
  const cold = config["backup"] === "cold" && ("backup_pre" in config || "backup_post" in config);
  return [
    ...missing,
    ...wrong,
    ...elements,
    ...unknown,
    ...values,
    ...(cold ? ["backup_pre is ignored when cold"] : []),
  ];
}

/** The rating of the store, 1 to 8. `profile`: there is an apparmor.txt that is installed with the app. */
export function ratingOf(config: Config, profile: boolean): number {
  const on = (key: string): boolean => config[key] === true;
  if (on("full_access") || on("docker_api")) return 1;
  const privileged = (config["privileged"] as string[] | undefined) ?? [];
  const heavy = privileged.some((one) => !["IPC_LOCK", "SYS_NICE", "SYS_RESOURCE", "SYS_TIME"].includes(one));
  let rating = 5;
  if (config["apparmor"] === false) rating -= 1;
  else if (profile) rating += 1;
  if (on("ingress")) rating += 2;
  else if (on("auth_api")) rating += 1;
  if (heavy || on("kernel_modules")) rating -= 1;
  if (config["hassio_role"] === "manager") rating -= 1;
  if (config["hassio_role"] === "admin") rating -= 2;
  if (on("host_network")) rating -= 1;
  if (on("host_pid")) rating -= 2;
  if (on("host_uts") && privileged.includes("SYS_ADMIN")) rating -= 1;
  return Math.min(8, Math.max(1, rating));
}

/** Keys that cost a point or show the user a permission that HyperVolt does not need. */
export const asksTooMuch = (config: Config): string[] => COSTLY.filter((key) => key in config);

/** A file of translations; it drops what it does not know, and the language where one entry does not fit. */
export function objectionsToTranslation(file: unknown, schema: Config): string[] {
  const { configuration = {}, network: _, ...others } = file as { configuration?: Config; network?: unknown };
  const dropped = Object.keys(others).map((key) => `${key} is dropped`);
  const entry = (said: unknown, element: unknown, at: string): string[] => {
    if (typeof said !== "object" || said === null) return [`${at}: a mapping is expected`];
    const { name, description, fields = {}, ...rest } = said as Config;
    const of: unknown = Array.isArray(element) ? element[0] : element;
    const inner = (typeof of === "object" ? of : {}) as Config;
    return [
      ...(typeof name === "string" && name.trim() !== "" ? [] : [`${at}: a name is needed`]),
      ...(description === undefined || typeof description === "string" ? [] : [`${at}: description is no text`]),
      ...Object.keys(rest).map((key) => `${at}.${key} is dropped`),
      ...Object.entries(fields as Config).flatMap(([key, one]) =>
        key in inner ? entry(one, inner[key], `${at}.${key}`) : [`${at}.${key} is in no schema`],
      ),
      ...Object.keys(inner)
        .filter((key) => !(key in (fields as Config)))
        .map((key) => `${at}.${key} has no name`),
    ];
  };
  return [
    ...dropped,
    ...Object.entries(configuration).flatMap(([key, said]) =>
      key in schema ? entry(said, schema[key], key) : [`${key} is in no schema`],
    ),
    ...Object.keys(schema)
      .filter((key) => !(key in configuration))
      .map((key) => `${key} has no name`),
  ];
}
