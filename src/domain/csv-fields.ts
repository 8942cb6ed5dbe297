/**
 * The fields of one line of a CSV file, commas between them; a field may stand in quotes and then hold commas, and
 * quotes written twice (RFC 4180). Line ends within quotes are not read.
 */
export function csvFields(line: string): string[] {
  if (!line.includes('"')) return line.split(",");
  const fields: string[] = [];
  for (let at = 0; at <= line.length; at++) {
    const quoted = /^\s*"((?:[^"]|"")*)"\s*(?=,|$)/.exec(line.slice(at));
    const end = quoted ? at + quoted[0].length : line.indexOf(",", at);
    const stop = end < 0 ? line.length : end;
    fields.push(quoted ? (quoted[1] ?? "").replaceAll('""', '"') : line.slice(at, stop));
    at = stop;
  }
  return fields;
}
