import { tmpdir } from "node:os";
import type { Options } from "../options/options.ts";
import type { Access } from "../serving/access.ts";
import { keepApiToken } from "../serving/api-token.ts";
import type { StartInput } from "./start-input.ts";

/** Who may ask where there is no Supervisor: whoever has the token of the options, or the one made on the first start. */
export async function tokenAccess(options: Options, { dataFolder, log }: StartInput): Promise<Access> {
  if (options.api_token !== "") return { kind: "token", token: options.api_token };
  const { token, made } = await keepApiToken(dataFolder ?? tmpdir());
  if (made) log.info("A token for the page and the API was made; it is shown this once", { token });
  return { kind: "token", token };
}
