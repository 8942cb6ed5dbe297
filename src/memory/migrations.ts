import { readdirSync, readFileSync } from "node:fs";

const FOLDER = new URL("./migrations/", import.meta.url);

/** What brings a history's schema forward, in order: files of one kind of database and those that all share. */
export function migrationFiles(kind: "sqlite" | "postgres"): readonly URL[] {
  return [kind, "shared"]
    .flatMap((name) => {
      const folder = new URL(`${name}/`, FOLDER);
      return readdirSync(folder)
        .filter((file) => file.endsWith(".sql"))
        .map((file) => ({ file, url: new URL(file, folder) }));
    })
    .sort((a, b) => a.file.localeCompare(b.file))
    .map(({ url }) => url);
}

export const migrationText = (file: URL): string => readFileSync(file, "utf8");
