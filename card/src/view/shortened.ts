/** Mean width of a letter of the small type of drawings, px. */
const LETTER_PX = 6.2;

/** As much of a name as has room. */
export function shortened(name: string, roomPx: number): string {
  const most = Math.floor(roomPx / LETTER_PX);
  return name.length <= most ? name : `${name.slice(0, Math.max(most - 1, 3)).trimEnd()}…`;
}
