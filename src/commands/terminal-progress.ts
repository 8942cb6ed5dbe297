const WIDTH = 32;

/** A progress bar on a terminal; silent elsewhere. `share` 0..1. */
export function terminalProgress(out: NodeJS.WriteStream): { show(share: number, text: string): void; end(): void } {
  let shown = "";
  return {
    show(share, text) {
      if (!out.isTTY) return;
      const filled = Math.round(Math.min(1, Math.max(0, share)) * WIDTH);
      const line = `\r${"█".repeat(filled)}${"░".repeat(WIDTH - filled)} ${(share * 100).toFixed(0).padStart(3)} % ${text}\u001b[K`;
      if (line !== shown) out.write(line);
      shown = line;
    },
    end() {
      if (out.isTTY && shown !== "") out.write("\n");
    },
  };
}
