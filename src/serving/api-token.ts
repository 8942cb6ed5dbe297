import { randomBytes } from "node:crypto";
import { chmod, mkdir, open, readFile } from "node:fs/promises";
import path from "node:path";

/** `made` on first start only: then the token is to be shown, once. */
export type ApiToken = Readonly<{ token: string; made: boolean }>;

/** The bearer token of an engine without a Supervisor, kept in `folder`/api-token, readable by its owner only. */
export async function keepApiToken(folder: string): Promise<ApiToken> {
  const file = path.join(folder, "api-token");
  const kept = await readFile(file, "utf8").then(
    (text) => text.trim(),
    () => "",
  );
  if (kept.length >= 16) {
    await chmod(file, 0o600);
    return { token: kept, made: false };
  }
  const token = randomBytes(32).toString("base64url");
  await mkdir(folder, { recursive: true });
  const handle = await open(file, "w", 0o600);
  try {
    await handle.writeFile(`${token}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
  return { token, made: true };
}
