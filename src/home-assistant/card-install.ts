import { createHash } from "node:crypto";
import { copyFile, mkdir, readdir, readFile, rm, stat } from "node:fs/promises";
import path from "node:path";
import { z } from "zod";
import type { Ask } from "./home-assistant.ts";

const FOLDER = "hypervolt";
const ENTRY = "hypervolt-card.js";
const LOCAL_URL = `/local/${FOLDER}/${ENTRY}`;
/** The app's own page lies in the same folder and is served through ingress; Home Assistant has no use for it. */
const PAGE = /^panel|\.html$|\.json$/;

export type CardOutcome =
  | Readonly<{ kind: "installed"; url: string; changed: boolean }>
  /** `/local` is served only if `www` was there when Home Assistant started. */
  | Readonly<{ kind: "restart_needed"; url: string }>
  /** Dashboards in YAML: the user writes the lines. */
  | Readonly<{ kind: "by_hand"; lines: string }>
  /** Home Assistant's folder is not at hand, as without a Supervisor. */
  | Readonly<{ kind: "no_folder"; what: string }>;

const Resource = z.object({ id: z.union([z.string(), z.number()]), url: z.string() });

/**
 * Puts the card into Home Assistant's `www` and registers it as a dashboard resource under a URL that changes with its
 * content, so that browsers fetch the new one.
 * @param configFolder  Home Assistant's configuration folder, `/homeassistant` in the app
 * @param cardFolder    the built card, `card/dist`
 * @throws HyperVoltError HOME_ASSISTANT_UNAVAILABLE, HOME_ASSISTANT_REFUSED; file system errors as they are
 */
export async function installCard(
  ask: Ask,
  parts: Readonly<{ configFolder: string; cardFolder: string; version: string }>,
): Promise<CardOutcome> {
  const { configFolder, cardFolder, version } = parts;
  const built = await isFolder(cardFolder);
  if (!built) return { kind: "no_folder", what: `the built card is missing at ${cardFolder}` };
  if (!(await isFolder(configFolder)))
    return { kind: "no_folder", what: "Home Assistant's folder is not mapped: copy the card by hand, see DOCS.md" };
  const hadWww = await isFolder(path.join(configFolder, "www"));
  const target = path.join(configFolder, "www", FOLDER);
  await mkdir(target, { recursive: true });
  const changed = await copyChanged(cardFolder, target);
  const digest = createHash("sha256")
    .update(await readFile(path.join(target, ENTRY)))
    .digest("hex")
    .slice(0, 8);
  const url = `${LOCAL_URL}?v=${version}-${digest}`;

  if (!(await inStorageMode(ask))) {
    const lines = `lovelace:\n  resources:\n    - url: ${url}\n      type: module\n`;
    return { kind: "by_hand", lines };
  }
  const registered = await register(ask, url);
  if (!hadWww) return { kind: "restart_needed", url };
  return { kind: "installed", url, changed: changed || registered };
}

/** Takes the card out again, when the user no longer wants it. Nothing is said where it was not there. */
export async function removeCard(ask: Ask, configFolder: string): Promise<void> {
  if (await inStorageMode(ask))
    for (const { id } of await ourResources(ask)) await ask({ type: "lovelace/resources/delete", resource_id: id });
  await rm(path.join(configFolder, "www", FOLDER), { recursive: true, force: true });
}

async function register(ask: Ask, url: string): Promise<boolean> {
  const [first, ...rest] = await ourResources(ask);
  for (const { id } of rest) await ask({ type: "lovelace/resources/delete", resource_id: id });
  if (!first) {
    await ask({ type: "lovelace/resources/create", res_type: "module", url });
    return true;
  }
  if (first.url === url) return rest.length > 0;
  await ask({ type: "lovelace/resources/update", resource_id: first.id, res_type: "module", url });
  return true;
}

async function ourResources(ask: Ask): Promise<z.infer<typeof Resource>[]> {
  const all = z.array(Resource).safeParse(await ask({ type: "lovelace/resources" }));
  return all.success ? all.data.filter(({ url }) => url === LOCAL_URL || url.startsWith(`${LOCAL_URL}?`)) : [];
}

async function inStorageMode(ask: Ask): Promise<boolean> {
  const info = (await ask({ type: "lovelace/info" }).catch(() => null)) as {
    resource_mode?: string;
    mode?: string;
  } | null;
  return (info?.resource_mode ?? info?.mode ?? "storage") !== "yaml";
}

/** Files that differ are written, those of an older card removed; the entry comes last, when all it needs is there. */
async function copyChanged(from: string, to: string): Promise<boolean> {
  const wanted = (await readdir(from)).filter((name) => !PAGE.test(name)).sort((a) => (a === ENTRY ? 1 : -1));
  let changed = false;
  for (const name of wanted) {
    const [source, target] = [path.join(from, name), path.join(to, name)];
    const same = await readFile(target)
      .then(async (bytes) => bytes.equals(await readFile(source)))
      .catch(() => false);
    if (same) continue;
    await copyFile(source, target);
    changed = true;
  }
  for (const name of await readdir(to)) if (!wanted.includes(name)) await rm(path.join(to, name), { recursive: true });
  return changed;
}

const isFolder = (folder: string): Promise<boolean> =>
  stat(folder).then(
    (found) => found.isDirectory(),
    () => false,
  );
