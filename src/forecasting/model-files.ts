import { existsSync, readdirSync, statSync } from "node:fs";
import path from "node:path";
import { HyperVoltError } from "../domain/errors.ts";
import type { HomeNet } from "./home-nets/load-home-nets.ts";
import { readNet, type SharedNet } from "./nets/net-file.ts";
import { readModelFile } from "./read-model-file.ts";
import { readSharedTrees, type SharedTrees } from "./trees/shared-trees.ts";

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
    if (!isFolder(own)) onWarning(`${own}: no such folder; the shipped models are used`);
    const shipped = new Set([...trees.keys(), ...nets.keys()]);
    for (const name of modelFolders(own, shipped)) take(path.join(own, name));
  }
  return { trees: [...trees.values()], nets: [...nets.values()] };

  function take(modelFolder: string): void {
    const name = path.basename(modelFolder);
    try {
      if (kindOf(modelFolder).startsWith(NET_KIND)) nets.set(name, fitting(modelFolder, readNet(modelFolder), nets));
      else trees.set(name, fitting(modelFolder, readSharedTrees(modelFolder), trees));
    } catch (error) {
      if (!(error instanceof HyperVoltError)) throw error;
      const shipped = trees.has(name) || nets.has(name);
      onWarning(`${error.message}; ${shipped ? "the shipped one is used" : "it is not used"}`);
    }
  }

  /** A model takes the place of the shipped one of its folder's name only where it is made for the same. */
  function fitting<T extends SharedTrees | SharedNet>(modelFolder: string, made: T, rivals: ReadonlyMap<string, T>): T {
    const name = path.basename(modelFolder);
    const bad = (detail: string) => new HyperVoltError("MODEL_INVALID", `${modelFolder}: ${detail}`);
    if (made.name !== name) throw bad(`the manifest is that of ${made.name}`);
    const shipped = trees.get(name) ?? nets.get(name);
    if (shipped && rivals.get(name) !== shipped) throw bad("a model of another kind than the shipped one");
    if (shipped && (shipped.signal !== made.signal || shipped.slotMinutes !== made.slotMinutes))
      throw bad(`made for ${made.signal} in slots of ${made.slotMinutes} minutes, unlike the shipped one`);
    return made;
  }
}

const NET_KIND = "hypervolt/net/";
const MANIFEST = "manifest.json";
const FILES = [MANIFEST, "weights.bin", "model.json"] as const;

/** The kind a folder's manifest names; "" when it cannot be read or names none. */
function kindOf(folder: string): string {
  try {
    const { kind } = JSON.parse(readModelFile(path.join(folder, MANIFEST)).toString("utf8")) as { kind?: unknown };
    return typeof kind === "string" ? kind : "";
  } catch {
    return "";
  }
}

const isFolder = (folder: string): boolean => statSync(folder, { throwIfNoEntry: false })?.isDirectory() === true;

/** Folders that are meant to be models: with one of a model's files, whole or not, or of a known model's name. */
function modelFolders(folder: string, known: ReadonlySet<string> = new Set()): string[] {
  if (!isFolder(folder)) return [];
  return readdirSync(folder)
    .filter((name) => isFolder(path.join(folder, name)))
    .filter((name) => known.has(name) || FILES.some((file) => existsSync(path.join(folder, name, file))))
    .sort();
}
