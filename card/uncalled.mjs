/**
 * What of a library's objects nobody asks for by name. Bundlers drop functions that nothing refers to; methods they keep,
 * as any of them might be meant by `object.name`. Where no such name is written in what can run, none is meant.
 */

/** Called by the language itself. */
const ALWAYS_CALLED = new Set(["constructor", "toString", "valueOf", "toJSON", "then", "next"]);

/**
 * Leaves out of a chunk the methods of classes, functions set on `this` and functions returned in an object that belong
 * to the given modules and whose names nothing that can run mentions: neither after a dot nor as a key or a text.
 * What a method mentions counts only once the method itself is mentioned.
 * @param isLibrary  whether a module, by its id, is looked at; names that are computed there must never be methods
 * @param isChunk    whether a chunk, by its name, is looked at
 */
export function withoutUncalled(isLibrary, isChunk) {
  return {
    name: "without-uncalled",
    renderChunk(code, chunk) {
      if (!isChunk(chunk.name)) return null;
      const spans = Object.entries(chunk.modules)
        .filter(([id, { code: rendered }]) => rendered && isLibrary(id))
        .map(([id, { code: rendered }]) => {
          const start = code.indexOf(rendered);
          if (start < 0) throw new Error(`${id} is not in its chunk as it was rendered`);
          return [start, start + rendered.length];
        });
      const { candidates, mentions } = read(this.parse(code), (at) =>
        spans.some(([from, to]) => from <= at && at < to),
      );
      const dead = uncalled(candidates, mentions);
      let left = "";
      let at = 0;
      for (const { start, end } of dead.sort((a, b) => a.start - b.start)) {
        if (start < at) continue;
        left += code.slice(at, start);
        at = /^\s*,/.test(code.slice(end)) ? code.indexOf(",", end) + 1 : end;
      }
      return { code: left + code.slice(at), map: null };
    },
  };
}

/** Members that may be left out, each with the member it is written in, and every name with the member that mentions it. */
function read(program, isLooked) {
  const candidates = [];
  const mentions = [];
  const visit = (node, inside) => {
    const name = isLooked(node.start) ? memberName(node) : undefined;
    const member =
      name !== undefined && !ALWAYS_CALLED.has(name) ? { name, start: node.start, end: node.end, inside } : undefined;
    if (member) candidates.push(member);
    const here = member ?? inside;
    const mentioned = member ? undefined : mentionedName(node);
    if (mentioned !== undefined) mentions.push({ name: mentioned, inside: here });
    for (const child of childrenOf(node)) {
      if (member && isKeyOf(node, child)) continue;
      // What is returned in an object: the functions of a factory.
      if (node.type === "ReturnStatement" && child.type === "ObjectExpression")
        for (const property of child.properties) property.isReturned = true;
      visit(child, here);
    }
  };
  visit(program, undefined);
  return { candidates, mentions };
}

function memberName(node) {
  if (node.type === "MethodDefinition" && !node.computed && node.key.type === "Identifier") return node.key.name;
  if (node.type === "Property" && node.isReturned && !node.computed && node.value.type === "Identifier")
    return node.key.name;
  if (node.type !== "ExpressionStatement" || node.expression.type !== "AssignmentExpression") return undefined;
  const { left, right } = node.expression;
  const isOwn = left.type === "MemberExpression" && left.object.type === "ThisExpression" && !left.computed;
  return isOwn && /^(Arrow)?FunctionExpression$/.test(right.type) ? left.property.name : undefined;
}

const isKeyOf = (node, child) =>
  node.type === "ExpressionStatement" ? false : child === node.key && child !== node.value;

function mentionedName(node) {
  if (node.type === "MemberExpression" && !node.computed && !node.isTarget) return node.property.name;
  if (node.type === "Property" || node.type === "PropertyDefinition") return node.key.name ?? node.key.value;
  if (node.type === "Literal" && typeof node.value === "string") return node.value;
  return node.type === "TemplateElement" ? node.value.cooked : undefined;
}

function* childrenOf(node) {
  // `this.name = function …` names itself; that is no mention.
  if (memberName(node) !== undefined && node.type === "ExpressionStatement") node.expression.left.isTarget = true;
  for (const [key, value] of Object.entries(node)) {
    if (key === "isReturned" || key === "isTarget") continue;
    for (const child of Array.isArray(value) ? value : [value])
      if (child !== null && typeof child === "object" && typeof child.type === "string") yield child;
  }
}

/** The members that nothing which can run mentions. */
function uncalled(candidates, mentions) {
  const live = new Set();
  const named = new Set();
  const canRun = (member) => member === undefined || (live.has(member) && canRun(member.inside));
  let grew = true;
  while (grew) {
    grew = false;
    for (const { name, inside } of mentions)
      if (!named.has(name) && canRun(inside)) {
        named.add(name);
        grew = true;
      }
    for (const member of candidates)
      if (!live.has(member) && named.has(member.name)) {
        live.add(member);
        grew = true;
      }
  }
  return candidates.filter((member) => !live.has(member));
}
