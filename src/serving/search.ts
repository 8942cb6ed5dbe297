/** The rows of which a value that can be read holds a text, in whatever case; all where none is sought. */
export function holding<T extends object>(rows: readonly T[], search: string | undefined): readonly T[] {
  const sought = search?.toLowerCase();
  if (sought === undefined) return rows;
  const texts = (value: unknown): string =>
    typeof value === "object" && value !== null
      ? Object.values(value).map(texts).join("\n")
      : typeof value === "boolean"
        ? ""
        : String((value ?? "") as string | number);
  return rows.filter((row) => texts(row).toLowerCase().includes(sought));
}
