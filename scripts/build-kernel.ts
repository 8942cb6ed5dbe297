/** Compiles the nets' kernel: node scripts/build-kernel.ts writes src/forecasting/nets/kernel.wasm. */
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import asc from "assemblyscript/asc";

const FOLDER = path.resolve(import.meta.dirname, "../src/forecasting/nets");
const OPTIONS = ["-O3", "--noAssert", "--runtime", "stub", "--enable", "simd", "--initialMemory", "1"];

/**
 * The kernel as WebAssembly; the same source gives the same bytes.
 * @throws Error with the compiler's messages
 */
export async function compileKernel(): Promise<Uint8Array> {
  const source = readFileSync(path.join(FOLDER, "kernel.as"), "utf8");
  const made = new Map<string, Uint8Array>();
  let messages = "";
  const { error } = await asc.main(["kernel.ts", "--outFile", "kernel.wasm", ...OPTIONS], {
    readFile: (name) => (name === "kernel.ts" ? source : null),
    writeFile: (name, contents) => void made.set(name, Buffer.from(contents)),
    listFiles: () => [],
    stderr: { write: (text: string | Uint8Array) => void (messages += String(text)) },
  });
  const wasm = made.get("kernel.wasm");
  if (error || !wasm) throw new Error(`${error?.message ?? "nothing was written"}\n${messages}`);
  return wasm;
}

if (import.meta.main) {
  const wasm = await compileKernel();
  writeFileSync(path.join(FOLDER, "kernel.wasm"), wasm);
  console.log(`kernel.wasm: ${wasm.length} bytes`);
}
