/** One instruction of a Dockerfile: its name and what follows it, continuation lines joined. */
export type Instruction = Readonly<{ name: string; text: string }>;
/** What lies between one FROM and the next. */
export type Stage = Readonly<{ from: string; name: string; steps: readonly Instruction[] }>;

/** Splits a Dockerfile into its stages, with the defaults of its ARGs filled in where it uses them. */
export function readDockerfile(text: string): readonly Stage[] {
  const given: Record<string, string> = {};
  const stages: { from: string; name: string; steps: Instruction[] }[] = [];
  for (const { name, text: raw } of instructions(text)) {
    const filled = raw.replace(/\$\{(\w+)\}/g, (whole, key: string) => given[key] ?? whole);
    if (name === "ARG") {
      const [key = "", value] = filled.split("=");
      if (value !== undefined) given[key] = value;
    } else if (name === "FROM") {
      const [from = "", , stage = ""] = filled.split(/\s+/);
      stages.push({ from, name: stage, steps: [] });
    } else {
      const stage = stages.at(-1);
      if (!stage) throw new Error(`${name} before the first FROM`);
      stage.steps.push({ name, text: filled });
    }
  }
  return stages;
}

const instructions = (text: string): Instruction[] =>
  text
    .split("\n")
    .filter((line) => !/^\s*#/.test(line))
    .join("\n")
    .replace(/\\\n/g, " ")
    .split("\n")
    .flatMap((line) => {
      const [, name = "", rest = ""] = /^([A-Z]+)\s+(.*)$/.exec(line.trim()) ?? [];
      return name === "" ? [] : [{ name, text: rest.trim() }];
    });

/** `COPY [--from=stage] source... target` */
export function copyOf(text: string): Readonly<{ from: string | null; sources: readonly string[]; target: string }> {
  const words = text.split(/\s+/);
  const from = words[0]?.startsWith("--from=") ? words.shift() : undefined;
  const target = words.pop() ?? "";
  return { from: from?.slice("--from=".length) ?? null, sources: words, target };
}
