import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { HyperVoltError } from "../domain/errors.ts";
import { readSharedTrees, type SharedTrees } from "./shared-trees.ts";

/** What was learned elsewhere and shipped, or put into another folder by `hypervolt train`. */
export type LearnedModels = Readonly<{ trees: readonly SharedTrees[] }>;

export const NO_MODELS: LearnedModels = { trees: [] };
export const SHIPPED_MODELS = path.resolve(import.meta.dirname, "../../models");

/**
 * Loads every model of a folder. One that is broken or foreign is refused with a warning and the shipped one of the
 * same name used, if there is one.
 */
export function loadModels(folder: string | undefined, onWarning: (text: string) => void): LearnedModels {
  const own = folder === undefined || path.resolve(folder) === SHIPPED_MODELS ? undefined : folder;
  const trees = new Map<string, SharedTrees>();
  for (const name of treeFolders(SHIPPED_MODELS)) take(path.join(SHIPPED_MODELS, name));
  if (own !== undefined) {
    if (!existsSync(own)) onWarning(`${own}: no such folder; the shipped models are used`);
    for (const name of treeFolders(own)) take(path.join(own, name));
  }
  return { trees: [...trees.values()] };

  function take(modelFolder: string): void {
    try {
      const read = readSharedTrees(modelFolder);
      trees.set(read.name, read);
    } catch (error) {
      if (!(error instanceof HyperVoltError)) throw error;
      onWarning(
        `${error.message}; ${trees.has(path.basename(modelFolder)) ? "the shipped one is used" : "it is not used"}`,
      );
    }
  }
}

/** Folders with a manifest of boosted trees, or one that cannot be read. */
function treeFolders(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(path.join(folder, entry.name, "manifest.json")))
    .map((entry) => entry.name)
    .filter((name) => {
      try {
        const manifest = JSON.parse(readFileSync(path.join(folder, name, "manifest.json"), "utf8")) as {
          kind?: string;
        };
        return manifest.kind === undefined || manifest.kind.startsWith("hypervolt/boosted-trees/");
      } catch {
        return true;
      }
    })
    .sort();
}
