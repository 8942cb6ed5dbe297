const LINE_END = /\r\n|\n|\r/;

/**
 * The lines of a text that comes in pieces, as `split` gives them: without their ends, and at least one.
 * @param pieces the text, cut anywhere
 */
export function* textLines(pieces: Iterable<string>): Generator<string, void, undefined> {
  let rest = "";
  // a carriage return at the end of a piece may be half of a line end
  let held = false;
  for (const piece of pieces) {
    const ended = held || LINE_END.test(piece);
    rest += piece;
    if (!ended) continue;
    held = rest.endsWith("\r");
    const lines = (held ? rest.slice(0, -1) : rest).split(LINE_END);
    rest = (lines.pop() ?? "") + (held ? "\r" : "");
    yield* lines;
  }
  yield* rest.split(LINE_END);
}
