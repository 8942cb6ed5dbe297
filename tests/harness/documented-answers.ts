import addFormats from "ajv-formats";
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";

type Operation = { responses: Record<string, { content?: Record<string, unknown> }> };
export type OpenApiDocument = { paths: Record<string, Record<string, Operation>> };

const pointer = (...names: string[]): string =>
  names.map((name) => `/${encodeURIComponent(name.replaceAll("~", "~0").replaceAll("/", "~1"))}`).join("");

/**
 * Holds what an API really answers against its own OpenAPI document, by a validator that knows nothing of the schemas
 * the document was made from; and keeps account of which of the documented answers were seen.
 */
export class DocumentedAnswers {
  readonly document: OpenApiDocument;
  readonly #ajv = new Ajv2020({ strict: true, allErrors: true });
  readonly #seen = new Set<string>();

  constructor(document: OpenApiDocument) {
    this.document = document;
    addFormats.default(this.#ajv);
    this.#ajv.addVocabulary(["openapi", "info", "servers", "security", "paths", "components"]);
    this.#ajv.addSchema(document, "openapi");
  }

  /** Every operation of the document. */
  operations(): { method: string; path: string; statuses: number[] }[] {
    return Object.entries(this.document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, { responses }]) => ({
        method,
        path,
        statuses: Object.keys(responses).map(Number),
      })),
    );
  }

  /** Documented answers that `faults` was not given yet, as "get /api/plan 503". */
  unseen(): string[] {
    return this.operations()
      .flatMap(({ method, path, statuses }) => statuses.map((status) => `${method} ${path} ${status}`))
      .filter((answer) => !this.#seen.has(answer));
  }

  /** What an answer of the operation has that is not documented, or has not that is. */
  async faults(method: string, path: string, answer: Response): Promise<string[]> {
    const text = await answer.text();
    const where = `${method} ${path} ${answer.status}`;
    const documented = this.document.paths[path]?.[method]?.responses[String(answer.status)];
    if (documented === undefined) return [`${where} is not documented: ${text.slice(0, 200)}`];
    this.#seen.add(where);
    const type = (answer.headers.get("content-type") ?? "").split(";", 1)[0] ?? "";
    if (documented.content === undefined) return text === "" && type === "" ? [] : [`${where}: expected no body`];
    if (!(type in documented.content)) return [`${where}: "${type}" is not documented`];
    const validate = this.#validator("paths", path, method, "responses", String(answer.status), "content", type);
    if (validate(type === "application/json" ? JSON.parse(text) : text)) return [];
    return (validate.errors ?? []).map(
      ({ instancePath, message, params }) => `${where}: ${instancePath} ${message} ${JSON.stringify(params)}`,
    );
  }

  #validator(...names: string[]): ValidateFunction {
    const $ref = `openapi#${pointer(...names, "schema")}`;
    const found = this.#ajv.getSchema($ref);
    if (found === undefined) throw new Error(`there is no schema at ${$ref}`);
    return found;
  }
}
