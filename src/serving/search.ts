/** The rows of which a value holds a text, in whatever case; all where none is sought. */
export function holding<T extends object>(rows: readonly T[], search: string | undefined): readonly T[] {
  const sought = search?.toLowerCase();
  if (sought === undefined) return rows;
  const texts = (value: unknown): string =>
    typeof value === "object" && value !== null
      ? Object.values(value).map(texts).join("\n")
      : String((value ?? "") as string | number | boolean);
  return rows.filter((row) => texts(row).toLowerCase().includes(sought));
}
