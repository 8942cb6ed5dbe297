/** One letter may become two, of which the second stays small. */
const titled = (character: string): string => {
  const [first = "", ...rest] = character.toUpperCase();
  return first + rest.join("").toLowerCase();
};

export function titleCase(text: string): string {
  let inWord = false;
  let out = "";
  for (const character of text) {
    const cased = character.toLowerCase() !== character.toUpperCase();
    out += cased ? (inWord ? character.toLowerCase() : titled(character)) : character;
    inWord = cased;
  }
  return out;
}

export const capitalize = (text: string): string => {
  const [first = "", ...rest] = Array.from(text);
  return titled(first) + rest.join("").toLowerCase();
};
