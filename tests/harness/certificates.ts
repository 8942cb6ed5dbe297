import { writeFileSync } from "node:fs";
import path from "node:path";
import { programPath, run } from "./local-service.ts";

export const opensslPath = (): string | null => programPath("openssl");

export type Certificates = Readonly<{ ca: string; key: string; certificate: string }>;

/** An authority of our own in a folder, and a certificate of it for one host name. */
export function makeCertificates(folder: string, name: string, hostName: string): Certificates {
  const openssl = opensslPath() ?? "openssl";
  const file = (suffix: string): string => path.join(folder, `${name}${suffix}`);
  const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
  const [caKey, ca, serverKey, request, certificate] = ["-ca.key", "-ca.pem", ".key", ".csr", ".pem"].map(file);
  const all = {
    caKey: caKey ?? "",
    ca: ca ?? "",
    key: serverKey ?? "",
    request: request ?? "",
    made: certificate ?? "",
  };
  run(
    openssl,
    "req",
    "-x509",
    ...key,
    "-keyout",
    all.caKey,
    "-out",
    all.ca,
    "-days",
    "2",
    "-subj",
    `/CN=Authority ${name}`,
  );
  run(openssl, "req", ...key, "-keyout", all.key, "-out", all.request, "-subj", `/CN=${hostName}`);
  writeFileSync(file(".ext"), `subjectAltName=DNS:${hostName}\n`);
  const sign = ["-CA", all.ca, "-CAkey", all.caKey, "-CAcreateserial", "-extfile", file(".ext")];
  run(openssl, "x509", "-req", "-in", all.request, ...sign, "-out", all.made, "-days", "2");
  return { ca: all.ca, key: all.key, certificate: all.made };
}
