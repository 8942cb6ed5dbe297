import type { IncomingMessage } from "node:http";
import type { Access } from "./access.ts";

const text = (header: string | string[] | undefined): string | undefined =>
  typeof header === "string" && header !== "" ? header : undefined;

/** The address of this request as the client sees it: behind ingress, Home Assistant's. */
function addressSeen(req: IncomingMessage, access: Access): URL {
  const { headers } = req;
  const ingress = access.kind === "ingress";
  const host = (ingress ? text(headers["x-forwarded-host"]) : undefined) ?? headers.host ?? "localhost";
  const scheme = ingress && headers["x-forwarded-proto"] === "https" ? "https" : "http";
  const prefix = ingress ? (text(headers["x-ingress-path"]) ?? "") : "";
  const [path = "/", search = ""] = (req.url ?? "/").split("?", 2);
  const base = URL.canParse(`${scheme}://${host}`) ? new URL(`${scheme}://${host}`) : new URL("http://localhost");
  base.pathname = `${prefix}${path}`;
  base.search = search;
  return base;
}

/** `next` and `previous` of a page, as addresses a client can ask for; null where there is none. */
export function linksOf(
  req: IncomingMessage,
  access: Access,
  query: Readonly<{ page: number; page_size: number }>,
  count: number,
): { next: string | null; previous: string | null } {
  const linkTo = (page: number): string => {
    const address = addressSeen(req, access);
    address.searchParams.set("page", String(page));
    return address.href;
  };
  return {
    next: query.page * query.page_size < count ? linkTo(query.page + 1) : null,
    previous: query.page > 1 ? linkTo(query.page - 1) : null,
  };
}
