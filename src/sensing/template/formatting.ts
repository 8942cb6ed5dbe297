import { raised, TemplateFault, undefinedFault } from "./fault.ts";
import { exponentText, fixedText, floatText, toFloat } from "./numbers.ts";
import { lengthOf, reprOf, textOf } from "./text.ts";
import { Dict, Tuple, typeName, Undefined, type Value } from "./values.ts";

const WIDEST = 10_000;
const PERCENT = /%(?:\(([^)]*)\))?([-+ #0]*)(\*|\d+)?(?:\.(\*|\d*))?[hlL]?(.)?/gs;

/** Python's `text % values`. */
export function formatPercent(pattern: string, values: Value): string {
  const given = values instanceof Tuple ? values.items : [values];
  let next = 0;
  let named = false;
  const take = (): Value => {
    const value = given[next++];
    if (value === undefined) throw raised("not enough arguments for format string");
    return value;
  };
  const whole = (): number => {
    const value = take();
    if (typeof value !== "bigint") throw raised("* wants int");
    return Number(value);
  };
  const text = pattern.replace(
    PERCENT,
    (_all, name?: string, flags = "", width?: string, precision?: string, type?: string) => {
      if (type === undefined) throw raised("incomplete format");
      if (type === "%") return "%";
      let value: Value;
      let wide = width === "*" ? whole() : Number(width ?? 0);
      let left = flags.includes("-");
      if (wide < 0) {
        left = true;
        wide = -wide;
      }
      const digits = precision === "*" ? whole() : precision === undefined ? undefined : Number(precision || 0);
      if (name !== undefined) {
        named = true;
        if (!(values instanceof Dict)) throw raised("format requires a mapping");
        const found = values.get(name);
        if (found === undefined) throw raised(`KeyError: '${name}'`);
        value = found;
      } else value = take();
      if (wide > WIDEST || (digits ?? 0) > WIDEST) throw new TemplateFault("bound", "the format is too wide");
      return padded(
        converted(type, value, flags, digits),
        wide,
        left,
        flags.includes("0") && "diufFeEgGxXo".includes(type),
      );
    },
  );
  if (!named && next < given.length && !(values instanceof Dict))
    throw raised("not all arguments converted during string formatting");
  return text;
}

function converted(type: string, value: Value, flags: string, digits: number | undefined): string {
  const signed = (size: string, negative: boolean): string =>
    (negative ? "-" : flags.includes("+") ? "+" : flags.includes(" ") ? " " : "") + size;
  switch (type) {
    case "s":
    case "r":
    case "a": {
      const text = type === "s" ? textOf(value) : reprOf(value);
      return digits === undefined ? text : Array.from(text).slice(0, digits).join("");
    }
    case "d":
    case "i":
    case "u": {
      const number = integer(value, type);
      return signed((number < 0n ? -number : number).toString().padStart(digits ?? 0, "0"), number < 0n);
    }
    case "x":
    case "X":
    case "o": {
      if (typeof value !== "bigint" && typeof value !== "boolean")
        throw raised(`%${type} format: an integer is required, not ${typeName(value)}`);
      const number = BigInt(value);
      let size = (number < 0n ? -number : number).toString(type === "o" ? 8 : 16).padStart(digits ?? 0, "0");
      if (flags.includes("#")) size = (type === "o" ? "0o" : "0x") + size;
      return signed(type === "X" ? size.toUpperCase() : size, number < 0n);
    }
    case "c": {
      if (typeof value === "string" && lengthOf(value) === 1) return value;
      if (typeof value === "bigint" && value >= 0n && value < 0x110000n) return String.fromCodePoint(Number(value));
      throw raised("%c requires int or char");
    }
    case "f":
    case "F":
    case "e":
    case "E":
    case "g":
    case "G": {
      const number = real(value);
      const size = floatSize(type, Math.abs(number), digits ?? 6, flags.includes("#"));
      return signed(size, number < 0 || Object.is(number, -0));
    }
    default:
      throw raised(`unsupported format character '${type}'`);
  }
}

function real(value: Value): number {
  if (typeof value === "number") return value;
  if (typeof value === "bigint" || typeof value === "boolean") return toFloat(BigInt(value));
  if (value instanceof Undefined) throw undefinedFault(value.message);
  throw raised(`must be real number, not ${typeName(value)}`);
}

function integer(value: Value, type: string): bigint {
  if (typeof value === "bigint" || typeof value === "boolean") return BigInt(value);
  if (typeof value === "number" && Number.isFinite(value)) return BigInt(Math.trunc(value));
  if (value instanceof Undefined) throw undefinedFault(value.message);
  throw raised(`%${type} format: a real number is required, not ${typeName(value)}`);
}

function floatSize(type: string, size: number, digits: number, alternate: boolean): string {
  if (!Number.isFinite(size)) {
    const word = Number.isNaN(size) ? "nan" : "inf";
    return type === type.toUpperCase() ? word.toUpperCase() : word;
  }
  const lower = type.toLowerCase();
  let text: string;
  if (lower === "f") text = fixedText(size, digits);
  else if (lower === "e") text = exponentText(size, digits);
  else text = general(size, digits, alternate);
  return type === type.toLowerCase() ? text : text.toUpperCase();
}

function general(size: number, digits: number, alternate: boolean): string {
  const precision = Math.max(digits, 1);
  if (size === 0) return "0";
  const exponent = Number(exponentText(size, precision - 1).split("e")[1]);
  if (exponent < -4 || exponent >= precision) {
    const [mantissa = "", power = ""] = exponentText(size, precision - 1).split("e");
    return `${alternate ? mantissa : withoutZeros(mantissa)}e${power}`;
  }
  const text = fixedText(size, precision - 1 - exponent);
  return alternate ? text : withoutZeros(text);
}

const withoutZeros = (text: string): string => (text.includes(".") ? text.replace(/\.?0+$/, "") : text);

function padded(text: string, width: number, left: boolean, zeros: boolean): string {
  const missing = width - lengthOf(text);
  if (missing <= 0) return text;
  if (left) return text + " ".repeat(missing);
  if (!zeros) return " ".repeat(missing) + text;
  const sign = /^[-+ ]?(?:0[xXo])?/.exec(text)?.[0] ?? "";
  return sign + "0".repeat(missing) + text.slice(sign.length);
}

const SPEC = /^(?:(.)?([<>=^]))?([-+ ])?(z)?(#)?(0)?(\d+)?([,_])?(?:\.(\d+))?([a-zA-Z%])?$/su;

/** Python's format(value, spec). */
export function formatSpec(value: Value, spec: string): string {
  if (spec === "") return textOf(value);
  const parts = SPEC.exec(spec);
  if (!parts) throw raised(`Invalid format specifier '${spec}'`);
  const [, fillText, alignText, sign, , alternate, zero, widthText, group, precisionText, type] = parts;
  const width = Number(widthText ?? 0);
  const precision = precisionText === undefined ? undefined : Number(precisionText);
  if (width > WIDEST || (precision ?? 0) > WIDEST) throw new TemplateFault("bound", "the format is too wide");
  const fill = fillText ?? (zero ? "0" : " ");
  if (
    typeof value === "string" ||
    !(typeof value === "number" || typeof value === "bigint" || typeof value === "boolean")
  ) {
    if (typeof value !== "string") {
      if (value instanceof Undefined) throw raised("unsupported format string passed to LoggingUndefined.__format__");
      throw raised(`unsupported format string passed to ${typeName(value)}.__format__`);
    }
    if (type !== undefined && type !== "s") throw raised(`Unknown format code '${type}' for object of type 'str'`);
    if (sign || alignText === "=" || group || alternate) throw raised("not allowed in string format specifier");
    const text = precision === undefined ? value : Array.from(value).slice(0, precision).join("");
    return aligned(text, fill, alignText ?? "<", width);
  }
  let number = value;
  let code = type;
  if (typeof number === "boolean") {
    number = BigInt(number);
  }
  if (typeof number === "bigint" && (code === undefined || "dbxXocn".includes(code))) {
    if (precision !== undefined) throw raised("Precision not allowed in integer format specifier");
    const size = number < 0n ? -number : number;
    if (code === "c") return aligned(String.fromCodePoint(Number(size)), fill, alignText ?? "<", width);
    const base = { b: 2, o: 8, x: 16, X: 16 }[code ?? ""] ?? 10;
    let text = size.toString(base);
    if (code === "X") text = text.toUpperCase();
    text = grouped(text, group, base === 10 ? 3 : 4);
    if (alternate && base !== 10) text = `0${code}${text}`;
    return numberText(text, number < 0n, sign, fill, alignText ?? (zero ? "=" : ">"), width);
  }
  if (typeof number === "bigint" && code === "s") throw raised("Unknown format code 's' for object of type 'int'");
  const float = typeof number === "bigint" ? toFloat(number) : number;
  const size = Math.abs(float);
  let text: string;
  if (code === "s") throw raised("Unknown format code 's' for object of type 'float'");
  if (code === undefined && precision === undefined) text = floatText(size);
  else if (code === undefined) {
    text = general(size, precision ?? 12, false);
    if (!/[.en]/.test(text)) text += ".0";
  } else if (code === "%") text = `${floatSize("f", size * 100, precision ?? 6, false)}%`;
  else if (code === "n") text = general(size, precision ?? 6, false);
  else if ("eEfFgG".includes(code)) text = floatSize(code, size, precision ?? 6, alternate !== undefined);
  else throw raised(`Unknown format code '${code}' for object of type 'float'`);
  const [whole = "", ...rest] = text.split(/(?=[.e%])/);
  code = grouped(whole, group, 3) + rest.join("");
  return numberText(code, float < 0 || Object.is(float, -0), sign, fill, alignText ?? (zero ? "=" : ">"), width);
}

function grouped(digits: string, separator: string | undefined, every: number): string {
  if (separator === undefined) return digits;
  return digits.replace(new RegExp(`\\B(?=(?:[0-9a-fA-F]{${every}})+$)`, "g"), separator);
}

function numberText(
  size: string,
  negative: boolean,
  sign: string | undefined,
  fill: string,
  align: string,
  width: number,
): string {
  const shown = negative ? "-" : sign === "+" ? "+" : sign === " " ? " " : "";
  if (align !== "=") return aligned(shown + size, fill, align, width);
  const missing = width - lengthOf(shown + size);
  return shown + fill.repeat(Math.max(missing, 0)) + size;
}

function aligned(text: string, fill: string, align: string, width: number): string {
  const missing = Math.max(width - lengthOf(text), 0);
  if (align === "<") return text + fill.repeat(missing);
  if (align === "^")
    return fill.repeat(Math.floor(missing / 2)) + text + fill.repeat(missing - Math.floor(missing / 2));
  return fill.repeat(missing) + text;
}
