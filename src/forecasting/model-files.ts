import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { HyperVoltError } from "../domain/errors.ts";
import type { HomeNet } from "./home-nets/load-home-nets.ts";
import { readNet, type SharedNet } from "./nets/net-file.ts";
import { readSharedTrees, type SharedTrees } from "./shared-trees.ts";

/** What was learned elsewhere and shipped, or put into another folder by `hypervolt train`; and what the home learned. */
export type LearnedModels = Readonly<{
  trees: readonly SharedTrees[];
  nets?: readonly SharedNet[];
  /** The shipped nets as this home has tuned them at night. */
  home?: readonly HomeNet[];
}>;

export const NO_MODELS: LearnedModels = { trees: [] };
export const SHIPPED_MODELS = path.resolve(import.meta.dirname, "../../models");

/**
 * Loads every model of a folder. One that is broken or foreign is refused with a warning and the shipped one of the
 * same name used, if there is one.
 */
export function loadModels(folder: string | undefined, onWarning: (text: string) => void): LearnedModels {
  const own = folder === undefined || path.resolve(folder) === SHIPPED_MODELS ? undefined : folder;
  const trees = new Map<string, SharedTrees>();
  const nets = new Map<string, SharedNet>();
  for (const name of modelFolders(SHIPPED_MODELS)) take(path.join(SHIPPED_MODELS, name));
  if (own !== undefined) {
    if (!existsSync(own)) onWarning(`${own}: no such folder; the shipped models are used`);
    for (const name of modelFolders(own)) take(path.join(own, name));
  }
  return { trees: [...trees.values()], nets: [...nets.values()] };

  function take(modelFolder: string): void {
    const name = path.basename(modelFolder);
    try {
      if (kindOf(modelFolder)?.startsWith(NET_KIND)) nets.set(name, readNet(modelFolder));
      else trees.set(name, readSharedTrees(modelFolder));
    } catch (error) {
      if (!(error instanceof HyperVoltError)) throw error;
      const shipped = trees.has(name) || nets.has(name);
      onWarning(`${error.message}; ${shipped ? "the shipped one is used" : "it is not used"}`);
    }
  }
}

const NET_KIND = "hypervolt/net/";
const KINDS = ["hypervolt/boosted-trees/", NET_KIND] as const;

/** The kind a folder's manifest names; undefined when it cannot be read or names none. */
function kindOf(folder: string): string | undefined {
  try {
    return (JSON.parse(readFileSync(path.join(folder, "manifest.json"), "utf8")) as { kind?: string }).kind;
  } catch {
    return undefined;
  }
}

/** Folders with a manifest of boosted trees or a net, or one that cannot be read. */
function modelFolders(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(path.join(folder, entry.name, "manifest.json")))
    .map((entry) => entry.name)
    .filter((name) => {
      const kind = kindOf(path.join(folder, name));
      return kind === undefined || KINDS.some((known) => kind.startsWith(known));
    })
    .sort();
}
