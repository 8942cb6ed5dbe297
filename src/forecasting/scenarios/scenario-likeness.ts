const HOURS = 24;
/** Compared over so many hours at a time: people do not keep the minute, nor do clouds. */
const BLOCK_HOURS = 3;
/** The newest blocks tell twice as much. */
const NEWEST_BLOCKS = 2;
/** Days before the issue whose distance is the usual one. */
const USUAL_DAYS = 28;

/**
 * How alike the home's last day and the day before an earlier step are: 1 where the same was used (or produced) in all of
 * its parts, 1/e at the distance usual among the last weeks. Nothing at or after the issue is read.
 * @param powerW without gaps, W per step
 * @returns of the index of an earlier step; 1 for all of them while less than a day is known
 */
export function likenessTo(
  powerW: Float64Array,
  issueIndex: number,
  stepsPerHour: number,
): (earlier: number) => number {
  const block = Math.max(1, Math.round(BLOCK_HOURS * stepsPerHour));
  const blocks = Math.ceil(HOURS / BLOCK_HOURS);
  const day = Math.max(block * blocks, Math.round(HOURS * stepsPerHour));
  const now = sumsBefore(powerW, issueIndex, block, blocks);
  const distanceTo = (earlier: number): number => {
    const then = sumsBefore(powerW, earlier, block, blocks);
    return now.reduce(
      (sum, energy, b) => sum + Math.abs(energy - (then[b] as number)) * (b < NEWEST_BLOCKS ? 2 : 1),
      0,
    );
  };
  let usual = 0;
  let days = 0;
  for (let back = 1; back <= USUAL_DAYS && issueIndex - (back + 1) * day >= 0; back++) {
    usual += distanceTo(issueIndex - back * day);
    days++;
  }
  if (usual === 0) return () => 1;
  return (earlier) => (earlier >= day ? Math.exp((-distanceTo(earlier) * days) / usual) : 1);
}

/** Sums over equal parts of the time before a step, the newest first. */
function sumsBefore(powerW: Float64Array, end: number, block: number, blocks: number): Float64Array {
  const sums = new Float64Array(blocks);
  for (let b = 0; b < blocks; b++)
    for (let i = end - (b + 1) * block; i < end - b * block; i++) sums[b] = (sums[b] as number) + (powerW[i] ?? 0);
  return sums;
}
