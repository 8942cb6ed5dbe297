import { Payload } from "../template/template.ts";

/**
 * Payloads as the entities of a topic see them. All that one message is for share its text and its JSON, which is
 * parsed once: a meter's message is for a dozen sensors.
 */
export class Payloads {
  #bytes: Uint8Array | undefined;
  #encoding = "";
  #payload: Payload | undefined;

  /** undefined where Python's codec of that name fails, or there is none. */
  of(bytes: Uint8Array, encoding: string): Payload | undefined {
    if (bytes !== this.#bytes || encoding !== this.#encoding) {
      this.#bytes = bytes;
      this.#encoding = encoding;
      this.#payload = decode(bytes, encoding);
    }
    return this.#payload;
  }
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** What Python's codecs make of the payload; undefined where they fail. No encoding gives the bytes. */
function decode(bytes: Uint8Array, encoding: string): Payload | undefined {
  if (encoding === "") return new Payload(Uint8Array.from(bytes));
  const name = encoding.toLowerCase().replace(/[_ ]/g, "-");
  try {
    if (name === "utf-8" || name === "utf8" || name === "u8" || name === "cp65001")
      return new Payload(utf8.decode(bytes));
    if (name === "utf-8-sig") return new Payload(utf8.decode(bytes).replace(/^\ufeff/, ""));
    if (["latin-1", "latin1", "iso-8859-1", "iso8859-1", "8859", "cp819", "l1"].includes(name))
      return new Payload(Buffer.from(bytes).toString("latin1"));
    if (name === "ascii" || name === "us-ascii" || name === "646")
      return bytes.every((byte) => byte < 128) ? new Payload(Buffer.from(bytes).toString("latin1")) : undefined;
    const label = name.replace(/^cp(125\d)$/, "windows-$1").replace(/^utf-?16$/, "utf-16le");
    return new Payload(new TextDecoder(label, { fatal: true }).decode(bytes));
  } catch {
    return undefined;
  }
}
