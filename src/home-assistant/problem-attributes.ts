/** What a person should know: in English, and as a kind with its values for readers of other languages. */
export type Problem = Readonly<{
  text: string;
  matter?: Readonly<{ kind: string; values: Readonly<Record<string, string | number>> }>;
}>;

const MOST = 20;
const LONGEST = 300;
/** Home Assistant's recorder keeps no attributes of more than 16 KiB; the texts take 6 of them at most. */
const MOST_MATTER_BYTES = 8_192;

/**
 * Attributes of the problem entity, columns of equal length: `reasons`, and beside each in `alerts` what it is about;
 * null where that is not known or takes too much room.
 */
export function problemAttributes(problems: readonly Problem[]): Readonly<{
  reasons: readonly string[];
  alerts: readonly (Problem["matter"] | null)[];
}> {
  const told = problems.slice(0, MOST);
  let bytes = 0;
  return {
    reasons: told.map(({ text }) => text.slice(0, LONGEST)),
    alerts: told.map(({ matter }) => {
      bytes += Buffer.byteLength(JSON.stringify(matter ?? null));
      return matter !== undefined && bytes <= MOST_MATTER_BYTES ? matter : null;
    }),
  };
}
