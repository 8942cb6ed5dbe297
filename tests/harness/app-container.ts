import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import type { AppImage } from "./app-image.ts";
import { until } from "./home-assistant-core.ts";

const run = promisify(execFile);
const SERVICES = "etc/s6-overlay/s6-rc.d";

/** Stand-ins for the base image: what its init does with our services, and its two ways to start a script. */
const BASE_IMAGE: Readonly<Record<string, string>> = {
  "command/with-contenv": '#!/bin/sh\nexec "$@"\n',
  "usr/bin/bashio": '#!/bin/sh\nexec bash "$@"\n',
  "run/s6/basedir/bin/halt": "#!/bin/sh\n: > /run/halted\n",
  "init-for-tests": `#!/bin/sh
set -e
ip link set lo up
mkdir -p /run/service /run/s6-linux-init-container-results
start() {
  [ ! -e /run/service/$1 ] || return 0
  for needed in $(ls /${SERVICES}/$1/dependencies.d); do [ $needed = base ] || start $needed; done
  cp -r /${SERVICES}/$1 /run/service/
  s6-svscanctl -a /run/service
}
s6-svscan /run/service &
until [ -p /run/service/.s6-svscan/control ]; do sleep 0.05; done
for service in $(ls /${SERVICES}/user/contents.d); do start $service; done
wait
`,
};

/**
 * The app's image running as the Supervisor would run it, without a Supervisor: its services under s6, in their order, in process,
 * network and mount namespaces of their own, so that its ports are its own and nothing stays behind.
 */
export class AppContainer {
  readonly #image: AppImage;
  readonly #outer: ChildProcess;
  #said = "";
  #inner = 0;

  private constructor(image: AppImage) {
    this.#image = image;
    const isolated = ["--mount", "--pid", "--net", "--ipc", "--uts", "--fork", "--kill-child"];
    this.#outer = spawn(
      "unshare",
      [...isolated, `--mount-proc=${image.root}/proc`, "chroot", image.root, "/init-for-tests"],
      { stdio: ["ignore", "pipe", "pipe"], env: { ...image.environment, PATH: "/usr/local/bin:/usr/bin:/usr/sbin" } },
    );
    for (const stream of [this.#outer.stdout, this.#outer.stderr])
      stream?.on("data", (bytes: Buffer) => (this.#said = (this.#said + bytes.toString()).slice(-20_000)));
  }

  /** @param options  what the Supervisor would write to /data/options.json */
  static async start(image: AppImage, options: unknown): Promise<AppContainer> {
    const { root } = image;
    for (const [file, text] of Object.entries(BASE_IMAGE)) write(path.join(root, file), text, 0o755);
    write(path.join(root, "data/options.json"), JSON.stringify(options), 0o600);
    const container = new AppContainer(image);
    await until("the container has begun", () => {
      const { pid } = container.#outer;
      container.#inner = Number(readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim());
      return container.#inner > 0;
    });
    return container;
  }

  said = (): string => this.#said;

  /** As `docker exec`. @returns what it printed @throws where it ends with another status than 0 */
  async execute(...command: readonly string[]): Promise<string> {
    const inside = ["--target", String(this.#inner), "--mount", "--pid", "--net", "--root", "--wdns=/"];
    const env = { ...this.#image.environment, PATH: "/usr/local/bin:/usr/bin:/usr/sbin" };
    const { stdout } = await run("nsenter", [...inside, ...command], { env, timeout: 60_000 });
    return stdout;
  }

  async isHealthy(): Promise<boolean> {
    if (this.#outer.exitCode !== null) throw new Error(`the container ended: ${this.#said}`);
    return this.execute("/bin/sh", "-c", this.#image.healthcheck).then(
      () => true,
      () => false,
    );
  }

  async remove(): Promise<void> {
    if (this.#outer.exitCode !== null || this.#outer.signalCode !== null) return;
    this.#outer.kill("SIGKILL");
    await once(this.#outer, "exit");
    await until("its processes are gone", () => !existsSync(`/proc/${this.#inner}`));
  }
}

function write(file: string, text: string, mode = 0o644): void {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, text);
  chmodSync(file, mode);
}
