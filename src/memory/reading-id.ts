/** A reading's stable name: the history's short name of its sensor, and its instant. */
export const readingId = (key: number, atMs: number): string => `${key}-${atMs}`;

export function parseReadingId(id: string): { key: number; atMs: number } | null {
  const match = /^(\d{1,7})-(\d{1,15})$/.exec(id);
  return match ? { key: Number(match[1]), atMs: Number(match[2]) } : null;
}
