import { execFile, execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import { copyOf, readDockerfile, type Stage } from "./dockerfile.ts";
import { isThere, programPath } from "./local-service.ts";

const REPOSITORY = path.resolve(import.meta.dirname, "../..");
const OWN_NODE = path.join(REPOSITORY, "node_modules/node/bin/node");
const SCRIPTS = "/usr/share/debootstrap/scripts";
const run = promisify(execFile);
/** Whatever is mounted within goes away with the process. */
const ISOLATED = ["--mount", "--pid", "--fork", "--kill-child"];
/** What the base image brings beyond plain Debian, as far as the app uses it: here from Debian, there s6-overlay's. */
const BASE_IMAGE_PACKAGES = "ca-certificates,iproute2,s6";

export type AppImage = Readonly<{ root: string; environment: Readonly<Record<string, string>>; healthcheck: string }>;

/** Whether a Debian root can be built and entered here: says so in a line when not, fails when CI promised it. */
export function debianRootIsThere(): boolean {
  const debootstrap = process.getuid?.() === 0 ? programPath("debootstrap") : null;
  if (!isThere("debootstrap (as root)", debootstrap)) return false;
  let unshare = programPath("unshare");
  try {
    execFileSync(unshare ?? "", [...ISOLATED, "--net", "true"], { stdio: "ignore" });
  } catch {
    unshare = null;
  }
  return isThere("a system that lets unshare make namespaces", unshare);
}

/**
 * Follows the Dockerfile without a container engine: the build stage in a folder with this machine's npm, the last one
 * in a plain Debian root. Copies only what git does not ignore and .dockerignore lets through.
 */
export async function buildAppImage(folder: string): Promise<AppImage> {
  const stages = readDockerfile(readFileSync(path.join(REPOSITORY, "Dockerfile"), "utf8"));
  const last = stages.at(-1);
  if (!last) throw new Error("the Dockerfile has no stage");
  const context = path.join(folder, "context");
  copyContext(context);
  const rootOf = (stage: Stage): string => path.join(folder, stage === last ? "root" : stage.name);
  const suite = /^ghcr\.io\/home-assistant\/base-debian:(\w+)$/.exec(last.from)?.[1];
  if (suite === undefined) throw new Error(`the last stage starts from ${last.from}, not from base-debian`);

  const first = await Promise.allSettled([
    debianRoot(rootOf(last), suite),
    ...stages.slice(0, -1).map((stage) => follow(stage, nodeRoot(rootOf(stage), stage.from), context, stages, rootOf)),
  ]);
  for (const step of first) if (step.status === "rejected") throw step.reason;
  const { environment, healthcheck } = await follow(last, rootOf(last), context, stages, rootOf);
  return { root: rootOf(last), environment, healthcheck };
}

function copyContext(context: string): void {
  const ignored = readFileSync(path.join(REPOSITORY, ".dockerignore"), "utf8")
    .split("\n")
    .filter((line) => /^[\w./-]+$/.test(line));
  const known = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard", "-z"], {
    cwd: REPOSITORY,
    encoding: "utf8",
  }).split("\0");
  for (const file of known) {
    const source = path.join(REPOSITORY, file);
    if (file === "" || !existsSync(source) || ignored.some((at) => file === at || file.startsWith(`${at}/`))) continue;
    cpSync(source, path.join(context, file));
  }
}

/** Stands for Node's own image: of it, the build uses Node (ours) and npm (the machine's). */
function nodeRoot(root: string, image: string): string {
  if (!image.startsWith("node:24-")) throw new Error(`a build stage starts from ${image}, not from node:24`);
  mkdirSync(path.join(root, "usr/local/bin"), { recursive: true });
  cpSync(existsSync(OWN_NODE) ? OWN_NODE : process.execPath, path.join(root, "usr/local/bin/node"));
  return root;
}

async function debianRoot(root: string, suite: string): Promise<void> {
  if (!existsSync(path.join(SCRIPTS, suite))) symlinkSync("sid", path.join(SCRIPTS, suite));
  const args = ["--variant=minbase", `--include=${BASE_IMAGE_PACKAGES}`, suite, root, machineMirror()];
  await isolated("debootstrap", args);
  const settings = execFileSync("apt-config", ["dump"], { encoding: "utf8" })
    .split("\n")
    .filter((line) => /^Acquire::(https?|Check)/.test(line));
  writeFileSync(path.join(root, "etc/apt/apt.conf.d/99machine"), `${settings.join("\n")}\n`);
  for (const file of ["etc/resolv.conf", "etc/hosts", "etc/ssl/certs/ca-certificates.crt"])
    if (existsSync(`/${file}`)) cpSync(`/${file}`, path.join(root, file), { dereference: true });
}

/** The first mirror in the machine's apt sources, in either format. */
function machineMirror(): string {
  const sources = ["/etc/apt/sources.list.d/debian.sources", "/etc/apt/sources.list"];
  const text = sources.map((file) => (existsSync(file) ? readFileSync(file, "utf8") : "")).join("\n");
  const found = /^(?:URIs:|deb .*?)\s*(https?:\S+)/m.exec(text)?.[1];
  if (found === undefined) throw new Error("the machine's apt sources name no mirror");
  return found;
}

async function follow(
  stage: Stage,
  root: string,
  context: string,
  stages: readonly Stage[],
  rootOf: (stage: Stage) => string,
): Promise<{ environment: Record<string, string>; healthcheck: string }> {
  const environment: Record<string, string> = {};
  let folder = "/";
  let healthcheck = "";
  for (const { name, text } of stage.steps)
    switch (name) {
      case "WORKDIR":
        folder = text;
        mkdirSync(path.join(root, folder), { recursive: true });
        break;
      case "COPY":
        copy(text, root, folder, (from) => {
          const other = stages.find((one) => one.name === from);
          return other ? rootOf(other) : context;
        });
        break;
      case "ENV":
        for (const [, key = "", value = ""] of text.matchAll(/(\w+)=(\S+)/g)) environment[key] = value;
        break;
      case "RUN":
        await runStep(stage, root, folder, text);
        break;
      case "HEALTHCHECK":
        healthcheck = text.replace(/^.*?\bCMD\s+/, "");
        break;
      case "LABEL":
        break;
      default:
        throw new Error(`${name} of the Dockerfile is not followed here: ${text}`);
    }
  return { environment, healthcheck };
}

function copy(text: string, root: string, folder: string, rootFrom: (stage: string | null) => string): void {
  const { from, sources, target } = copyOf(text);
  const to = path.join(root, path.resolve(folder, target));
  for (const source of sources) {
    const at = path.join(rootFrom(from), source);
    const intoFolder = target.endsWith("/") && !statSync(at).isDirectory();
    cpSync(at, intoFolder ? path.join(to, path.basename(source)) : to, { recursive: true, verbatimSymlinks: true });
  }
}

async function runStep(stage: Stage, root: string, folder: string, script: string): Promise<void> {
  if (stage.name === "") return isolated("chroot", [root, "/bin/bash", "-o", "pipefail", "-c", script], root);
  const environment: NodeJS.ProcessEnv = {
    ...process.env,
    PATH: `${path.join(root, "usr/local/bin")}:${process.env["PATH"]}`,
  };
  // Of the test's own npm nothing is to be seen in the build.
  for (const key of Object.keys(environment)) if (/^npm_|^INIT_CWD$|^NODE_ENV$/i.test(key)) delete environment[key];
  await said(run("/bin/sh", ["-euc", script], { cwd: path.join(root, folder), env: environment, maxBuffer: 1e8 }));
}

const isolated = async (program: string, args: readonly string[], root?: string): Promise<void> => {
  const proc = root === undefined ? [] : [`--mount-proc=${root}/proc`];
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive", PATH: `${process.env["PATH"]}:/usr/sbin:/sbin` };
  await said(run("unshare", [...ISOLATED, ...proc, program, ...args], { env, maxBuffer: 1e8 }));
};

async function said(step: Promise<unknown>): Promise<void> {
  try {
    await step;
  } catch (error) {
    const { stdout = "", stderr = "" } = error as { stdout?: string; stderr?: string };
    throw new Error(`a step of the Dockerfile failed:\n${`${stdout}\n${stderr}`.slice(-3_000)}`, { cause: error });
  }
}
