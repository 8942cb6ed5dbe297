import { raised } from "./fault.ts";

/** Code points of the zeros of Unicode's decimal digits; each is followed by its 1 to 9. */
const ZEROS = [
  0x660, 0x6f0, 0x7c0, 0x966, 0x9e6, 0xa66, 0xae6, 0xb66, 0xbe6, 0xc66, 0xce6, 0xd66, 0xde6, 0xe50, 0xed0, 0xf20,
  0x1040, 0x1090, 0x17e0, 0x1810, 0x1946, 0x19d0, 0x1a80, 0x1a90, 0x1b50, 0x1bb0, 0x1c40, 0x1c50, 0xa620, 0xa8d0,
  0xa900, 0xa9d0, 0xa9f0, 0xaa50, 0xabf0, 0xff10, 0x104a0, 0x10d30, 0x11066, 0x110f0, 0x11136, 0x111d0, 0x112f0,
  0x11450, 0x114d0, 0x11650, 0x116c0, 0x11730, 0x118e0, 0x11950, 0x11c50, 0x11d50, 0x11da0, 0x16a60, 0x16ac0, 0x16b50,
  0x1d7ce, 0x1d7d8, 0x1d7e2, 0x1d7ec, 0x1d7f6, 0x1e140, 0x1e2f0, 0x1e950, 0x1fbf0,
];
/** What Python's str.strip() and its number parsers take for white space, as the inside of a character class. */
const SPACES = "\t-\r\u001c-\u0020\u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000";
const EDGE_SPACE = new RegExp(`^[${SPACES}]+|[${SPACES}]+$`, "g");
const SPACE = new RegExp(`^[${SPACES}]$`);
export const SPACE_RUN = new RegExp(`[${SPACES}]+`);
const DECIMAL = /^[+-]?(?:\d+(?:_\d+)*\.?(?:\d+(?:_\d+)*)?|\.\d+(?:_\d+)*)(?:[eE][+-]?\d+(?:_\d+)*)?$/;
const SPECIAL = /^([+-]?)(inf|infinity|nan)$/i;
/** Python refuses to turn longer digit strings into whole numbers and back. */
export const MOST_DIGITS = 4_300;

export const isSpace = (character: string): boolean => SPACE.test(character);
export const stripSpace = (text: string): string => text.replace(EDGE_SPACE, "");

/** 0..9 of a decimal digit of any script, else -1. */
export function digitValue(codePoint: number): number {
  if (codePoint < 128) return codePoint >= 48 && codePoint <= 57 ? codePoint - 48 : -1;
  for (const zero of ZEROS) if (codePoint >= zero && codePoint < zero + 10) return codePoint - zero;
  return -1;
}

function asciiDigits(text: string): string {
  // oxlint-disable-next-line no-control-regex
  if (/^[\u0000-\u007f]*$/.test(text)) return text;
  let ascii = "";
  for (const character of text) {
    const value = digitValue(character.codePointAt(0) ?? 0);
    ascii += value >= 0 ? String(value) : character;
  }
  return ascii;
}

/** What nearly every sensor sends. */
const PLAIN = /^-?\d+(?:\.\d+)?$/;

/** Python's float(text); undefined where it raises ValueError. */
export function parseFloatText(text: string): number | undefined {
  if (PLAIN.test(text)) return Number(text);
  const plain = asciiDigits(stripSpace(text));
  if (DECIMAL.test(plain)) return Number(plain.replaceAll("_", ""));
  const special = SPECIAL.exec(plain);
  if (!special) return undefined;
  if (special[2]?.toLowerCase() === "nan") return Number.NaN;
  return special[1] === "-" ? -Infinity : Infinity;
}

/** Python's int(text, base); undefined where it raises ValueError. */
export function parseIntText(text: string, base = 10): bigint | undefined {
  const plain = asciiDigits(stripSpace(text));
  const parts = /^([+-]?)(0[xX](?=_?[0-9a-fA-F])|0[oO](?=_?[0-7])|0[bB](?=_?[01]))?(.*)$/s.exec(plain);
  if (!parts) return undefined;
  const [, sign, prefix = "", rest = ""] = parts;
  const said = { x: 16, o: 8, b: 2 }[prefix[1]?.toLowerCase() ?? ""];
  let radix = base;
  let digits = rest;
  if (base === 0) {
    radix = said ?? 10;
    if (said === undefined && /^0[0_]*[1-9]/.test(rest)) return undefined;
  } else if (said !== undefined && said !== base) digits = prefix + rest;
  else if (said !== undefined && digits.startsWith("_")) digits = digits.slice(1);
  if (base === 0 && said !== undefined && digits.startsWith("_")) digits = digits.slice(1);
  if (!/^[0-9a-zA-Z]+(?:_[0-9a-zA-Z]+)*$/.test(digits)) return undefined;
  digits = digits.replaceAll("_", "").toLowerCase();
  if (digits.length > MOST_DIGITS) return undefined;
  let value = 0n;
  if (radix === 10) {
    if (!/^\d+$/.test(digits)) return undefined;
    value = BigInt(digits);
  } else {
    const big = BigInt(radix);
    for (const digit of digits) {
      const one = Number.parseInt(digit, 36);
      if (!(one < radix)) return undefined;
      value = value * big + BigInt(one);
    }
  }
  return sign === "-" ? -value : value;
}

/** Python's repr of a float: the shortest digits that read back, exponent from 1e16 and below 1e-4. */
export function floatText(value: number): string {
  if (Number.isNaN(value)) return "nan";
  if (!Number.isFinite(value)) return value > 0 ? "inf" : "-inf";
  if (Object.is(value, -0)) return "-0.0";
  const size = Math.abs(value);
  // In this range both write the shortest digits in the same way.
  if (size >= 1e-4 && size < 1e15) return Number.isInteger(value) ? `${value}.0` : String(value);
  const [mantissa = "0", exponentText = "0"] = value.toExponential().split("e");
  const exponent = Number(exponentText);
  if (value !== 0 && (exponent < -4 || exponent >= 16)) {
    const digits = String(Math.abs(exponent)).padStart(2, "0");
    return `${mantissa}e${exponent < 0 ? "-" : "+"}${digits}`;
  }
  if (Number.isInteger(value)) return `${BigInt(value)}.0`;
  const plain = String(value);
  if (!plain.includes("e")) return plain;
  const digits = mantissa.replace(/[-.]/g, "");
  return `${value < 0 ? "-" : ""}0.${"0".repeat(-exponent - 1)}${digits}`;
}

export function intText(value: bigint): string {
  const text = value.toString();
  if (text.length > MOST_DIGITS + 1) throw raised("Exceeds the limit (4300 digits) for integer string conversion");
  return text;
}

/** A double as mantissa * 2^exponent, exactly. */
function decompose(value: number): { mantissa: bigint; exponent: number } {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  const bits = view.getBigUint64(0);
  const raw = Number((bits >> 52n) & 0x7ffn);
  const fraction = bits & 0xfffffffffffffn;
  const mantissa = raw === 0 ? fraction : fraction | (1n << 52n);
  return { mantissa: bits >> 63n ? -mantissa : mantissa, exponent: (raw === 0 ? 1 : raw) - 1075 };
}

/** Division to the nearest whole number, ties to even. `divisor` is positive. */
function divideHalfEven(dividend: bigint, divisor: bigint): bigint {
  const negative = dividend < 0n;
  const size = negative ? -dividend : dividend;
  let quotient = size / divisor;
  const twice = (size % divisor) * 2n;
  if (twice > divisor || (twice === divisor && quotient % 2n === 1n)) quotient += 1n;
  return negative ? -quotient : quotient;
}

/** Python's round(float, digits): correctly rounded on the exact binary value, ties to even. */
export function roundFloat(value: number, digits: number): number {
  if (!Number.isFinite(value) || digits > 323) return value;
  if (digits < -308) return value < 0 || Object.is(value, -0) ? -0 : 0;
  const { mantissa, exponent } = decompose(value);
  let scaled: bigint;
  if (digits >= 0) {
    if (exponent >= 0) return value;
    scaled = divideHalfEven(mantissa * 10n ** BigInt(digits), 1n << BigInt(-exponent));
  } else {
    const divisor = 10n ** BigInt(-digits);
    if (exponent >= 0) scaled = divideHalfEven(mantissa << BigInt(exponent), divisor);
    else scaled = divideHalfEven(mantissa, divisor << BigInt(-exponent));
  }
  const rounded = Number(`${scaled}e${-digits}`);
  if (!Number.isFinite(rounded)) throw raised("rounded value too large to represent");
  return rounded === 0 && (value < 0 || Object.is(value, -0)) ? -0 : rounded;
}

/** Python's round(int, digits). */
export function roundInt(value: bigint, digits: number): bigint {
  if (digits >= 0) return value;
  if (-digits > MOST_DIGITS) return 0n;
  const divisor = 10n ** BigInt(-digits);
  return divideHalfEven(value, divisor) * divisor;
}

/** A float to the nearest whole number, ties to even. */
export function roundToInt(value: number): bigint {
  const { mantissa, exponent } = decompose(value);
  return exponent >= 0 ? mantissa << BigInt(exponent) : divideHalfEven(mantissa, 1n << BigInt(-exponent));
}

/** int to float as Python does it. */
export function toFloat(value: bigint): number {
  const float = Number(value);
  if (!Number.isFinite(float)) throw raised("int too large to convert to float");
  return float;
}

/** True division of whole numbers, correctly rounded also beyond 2^53. */
export function divideInts(a: bigint, b: bigint): number {
  if (b === 0n) throw raised("division by zero");
  const left = Number(a);
  const right = Number(b);
  if (Number.isSafeInteger(left) && Number.isSafeInteger(right)) return left / right;
  const negative = a < 0n !== b < 0n;
  let dividend = a < 0n ? -a : a;
  const divisor = b < 0n ? -b : b;
  const shift = Math.max(0, 66 - (dividend.toString(2).length - divisor.toString(2).length));
  dividend <<= BigInt(shift);
  let quotient = dividend / divisor;
  if (dividend % divisor !== 0n) quotient |= 1n;
  const size = Number(quotient) * 2 ** -shift;
  if (!Number.isFinite(size)) throw raised("integer division result too large for a float");
  return negative ? -size : size;
}

/** Python's % and // of floats: the remainder has the sign of the divisor. */
export function divmodFloat(a: number, b: number): [quotient: number, remainder: number] {
  if (b === 0) throw raised("float floor division by zero");
  let remainder = a % b;
  let quotient = (a - remainder) / b;
  if (remainder !== 0) {
    if (b < 0 !== remainder < 0) {
      remainder += b;
      quotient -= 1;
    }
  } else remainder = b < 0 ? -0 : 0;
  if (quotient !== 0) {
    const floor = Math.floor(quotient);
    quotient = quotient - floor > 0.5 ? floor + 1 : floor;
  } else quotient = a / b < 0 || Object.is(a / b, -0) ? -0 : 0;
  return [quotient, remainder];
}

export function divmodInt(a: bigint, b: bigint): [quotient: bigint, remainder: bigint] {
  if (b === 0n) throw raised("division by zero");
  let quotient = a / b;
  let remainder = a % b;
  if (remainder !== 0n && remainder < 0n !== b < 0n) {
    remainder += b;
    quotient -= 1n;
  }
  return [quotient, remainder];
}

/** A float to a fixed number of decimals with Python's rounding (exact value, ties to even), sign kept. */
export function fixedText(value: number, decimals: number): string {
  const negative = value < 0 || Object.is(value, -0);
  const { mantissa, exponent } = decompose(Math.abs(value));
  const scale = 10n ** BigInt(decimals);
  const scaled =
    exponent >= 0 ? (mantissa << BigInt(exponent)) * scale : divideHalfEven(mantissa * scale, 1n << BigInt(-exponent));
  const digits = scaled.toString().padStart(decimals + 1, "0");
  const whole = digits.slice(0, digits.length - decimals);
  return (negative ? "-" : "") + (decimals > 0 ? `${whole}.${digits.slice(-decimals)}` : whole);
}

/** A positive finite float as `d.ddde+XX` with Python's rounding. */
export function exponentText(value: number, decimals: number): string {
  if (value === 0) return `${fixedText(0, decimals)}e+00`;
  let power = Number(value.toExponential().split("e")[1]);
  for (;;) {
    const { mantissa, exponent } = decompose(value);
    const shift = decimals - power;
    let dividend = exponent >= 0 ? mantissa << BigInt(exponent) : mantissa;
    let divisor = exponent >= 0 ? 1n : 1n << BigInt(-exponent);
    if (shift >= 0) dividend *= 10n ** BigInt(shift);
    else divisor *= 10n ** BigInt(-shift);
    const digits = divideHalfEven(dividend, divisor).toString();
    if (digits.length > decimals + 1) {
      power++;
      continue;
    }
    const body = decimals > 0 ? `${digits[0]}.${digits.slice(1)}` : digits;
    return `${body}e${power < 0 ? "-" : "+"}${String(Math.abs(power)).padStart(2, "0")}`;
  }
}
