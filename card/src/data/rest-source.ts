import type {
  AlertDto,
  ClientMessage,
  DecisionDto,
  ErrorDto,
  ForecastDto,
  HomeDto,
  HomeHistoryDto,
  LedgerDto,
  OverrideDto,
  Page,
  PlanOutcomeDto,
  PreferencesDto,
  ServerMessage,
} from "../../../src/serving/messages.ts";
import { comfortSetting, LiveSource } from "./source.ts";
import type { HomeSource, Records, SettingChange, Settings } from "./source.ts";

const RETRY_FIRST_MS = 1_000;
const RETRY_MOST_MS = 30_000;
const REFRESH_MS = 5 * 60_000;
const DECISIONS_KEPT = 60;

/** An answer other than 2xx: what the server said, for a person. */
export class Refused extends Error {
  readonly status: number;
  readonly fields: Readonly<Record<string, string>> | undefined;
  constructor(status: number, words: string, fields?: Readonly<Record<string, string>>) {
    super(words);
    this.status = status;
    this.fields = fields;
  }
}

/**
 * HyperVolt's own REST and WebSocket below a base address (contract http.md): relative to the page behind ingress, or
 * the app's ingress path in a dashboard. `token` is asked for where there is no ingress.
 */
export class RestSource extends LiveSource implements HomeSource, Records {
  private readonly base: URL;
  private token: string | undefined;
  private socket: WebSocket | undefined;
  private retryMs = RETRY_FIRST_MS;
  private timers: ReturnType<typeof setTimeout>[] = [];

  constructor(base: string, token?: string) {
    super();
    this.base = new URL(base, document.baseURI);
    this.token = token;
  }

  get records(): Records {
    return this;
  }

  /** Tries again with another token. */
  authorise(token: string): void {
    this.token = token;
    this.close();
    if (this.watched) this.open();
  }

  protected open(): void {
    void this.load();
    this.connect();
  }

  protected close(): void {
    this.timers.forEach(clearTimeout);
    this.timers = [];
    const { socket } = this;
    this.socket = undefined;
    if (!socket) return;
    // Closing what is not open yet would be an error in the browser's console.
    if (socket.readyState === WebSocket.CONNECTING) socket.onopen = () => socket.close();
    else socket.close();
  }

  async get<T>(path: string): Promise<T> {
    return (await this.request("GET", path)).json() as Promise<T>;
  }

  async patch<T>(path: string, body: unknown): Promise<T> {
    return (await this.request("PATCH", path, body)).json() as Promise<T>;
  }

  async post<T>(path: string, body: unknown): Promise<T> {
    return (await this.request("POST", path, body)).json() as Promise<T>;
  }

  async put<T>(path: string, body: unknown): Promise<T> {
    const answer = (await (await this.request("PUT", path, body)).json()) as T;
    if (path === "preferences") this.update({ settings: settingsOf(answer as PreferencesDto) });
    return answer;
  }

  async download(path: string, name: string): Promise<void> {
    const blob = await (await this.request("GET", path)).blob();
    const link = document.createElement("a");
    link.href = URL.createObjectURL(blob);
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  }

  async override(deviceId: string, wish: OverrideDto): Promise<void> {
    await this.request("POST", `devices/${encodeURIComponent(deviceId)}/override`, wish);
    await this.loadHome();
  }

  async replan(): Promise<void> {
    await this.request("POST", "plan/replan", {});
    this.update({ plan: await this.get<PlanOutcomeDto>("plan") });
  }

  /** Says only what is changed: two changes at once do not take each other back. */
  async change(settings: SettingChange): Promise<void> {
    const wanted: { [K in keyof PreferencesDto]?: PreferencesDto[K] | undefined } = {
      mode: settings.mode,
      carbon_weight: settings.carbonWeight,
      light_target_lx: settings.lightTarget,
      light_floor_pct: settings.lightFloor,
      light_comfort_per_hour: settings.lightComfort,
      hands_off_minutes: settings.handsOff,
    };
    await this.put<PreferencesDto>("preferences", wanted);
    await this.loadHome();
  }

  private async request(method: string, path: string, body?: unknown): Promise<Response> {
    const response = await fetch(new URL(`api/${path}`, this.base), {
      method,
      credentials: "same-origin",
      headers: {
        ...(this.token === undefined ? {} : { Authorization: `Bearer ${this.token}` }),
        ...(body === undefined ? {} : { "Content-Type": "application/json" }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (response.ok) return response;
    const said = (await response.json().catch(() => null)) as ErrorDto | null;
    const fields = said?.fields ? ` (${Object.values(said.fields).join(", ")})` : "";
    throw new Refused(
      response.status,
      said ? `${said.detail}${fields}` : `${response.status} ${response.statusText}`,
      said?.fields,
    );
  }

  private async loadHome(): Promise<void> {
    const home = await this.get<HomeDto>("home");
    this.update({ home, connection: "live", mayOperate: home.role === "admin" || home.role === "operator" });
  }

  /** Everything at once; a part that is refused or missing stays as it was. */
  private async load(): Promise<void> {
    try {
      await this.loadHome();
    } catch (error) {
      const refused = error instanceof Refused && (error.status === 401 || error.status === 403);
      this.update({ connection: refused ? "unauthorised" : "lost" });
      if (!refused) this.later(() => void this.load(), this.retryMs);
      return;
    }
    const part = async <T>(path: string, use: (answer: T) => Parameters<typeof this.update>[0]): Promise<void> => {
      try {
        this.update(use(await this.get<T>(path)));
      } catch (error) {
        if (path === "plan" && error instanceof Refused && error.status === 503)
          this.update({ plan: { kind: "waiting", missing: error.message.replace(/^.*waiting for /, "") } });
        // A part the server does not have (yet) is left out of the picture; the rest is shown.
      }
    };
    await Promise.all([
      part<PlanOutcomeDto>("plan", (plan) => ({ plan })),
      part<ForecastDto[] | Page<ForecastDto>>("forecasts", (answer) => ({ forecasts: listOf(answer) })),
      part<LedgerDto>("ledger", (ledger) => ({ ledger })),
      part<Page<DecisionDto>>("ai-decisions?page_size=40&ordering=-timestamp", (answer) => ({
        decisions: listOf(answer),
      })),
      part<AlertDto[] | Page<AlertDto>>("alerts", (answer) => ({ alerts: listOf(answer) })),
      part<PreferencesDto>("preferences", (preferences) => ({ settings: settingsOf(preferences) })),
      part<HomeHistoryDto>("home/history?hours=24", (history) => ({ history })),
    ]);
    this.later(() => void this.load(), REFRESH_MS);
  }

  private connect(): void {
    const address = new URL("ws/sensors", this.base);
    address.protocol = address.protocol.replace("http", "ws");
    // A browser cannot set headers on a WebSocket; without ingress the token travels as a subprotocol.
    const socket = new WebSocket(address, this.token === undefined ? [] : ["hypervolt", `bearer.${this.token}`]);
    this.socket = socket;
    socket.onopen = () => {
      this.retryMs = RETRY_FIRST_MS;
      const types = ["home", "plan", "decision", "alert", "ledger"];
      socket.send(JSON.stringify({ type: "subscribe", data: { types } } satisfies ClientMessage));
    };
    socket.onmessage = ({ data }) => this.take(JSON.parse(String(data)) as ServerMessage);
    socket.onclose = () => {
      if (this.socket !== socket) return;
      if (this.snapshot.connection === "live") this.update({ connection: "lost" });
      this.later(() => this.connect(), this.retryMs);
      this.retryMs = Math.min(this.retryMs * 2, RETRY_MOST_MS);
    };
  }

  private take(message: ServerMessage): void {
    switch (message.type) {
      case "home": {
        const role = message.data.role ?? this.snapshot.home?.role;
        return this.update({ home: { ...message.data, ...(role ? { role } : {}) }, connection: "live" });
      }
      case "plan":
        void this.get<ForecastDto[] | Page<ForecastDto>>("forecasts").then(
          (answer) => this.update({ forecasts: listOf(answer) }),
          () => undefined,
        );
        this.catchUp();
        return this.update({ plan: message.data });
      case "decision": {
        const others = this.snapshot.decisions.filter(({ id }) => id !== message.data.id);
        return this.update({ decisions: [message.data, ...others].slice(0, DECISIONS_KEPT) });
      }
      case "alert":
        return this.update({ alerts: message.data });
      case "ledger":
        return this.update({ ledger: message.data });
      case "hello":
        if (this.snapshot.connection === "lost") void this.load();
        return;
      case "sensor_update":
        return;
    }
  }

  /** The past again, once a step of it has gone by; a simulated home's hours are short. */
  private catchUp(): void {
    const { history, home } = this.snapshot;
    if (!history || !home) return;
    const stepMs = history.step_minutes * 60_000;
    const endMs = Date.parse(history.start) + history.load_w.length * stepMs;
    if (Date.parse(home.now) - endMs < 2 * stepMs) return;
    this.get<HomeHistoryDto>("home/history?hours=24").then(
      (newer) => this.update({ history: newer }),
      () => undefined,
    );
  }

  private later(task: () => void, delayMs: number): void {
    if (!this.watched) return;
    const timer = setTimeout(() => {
      this.timers = this.timers.filter((other) => other !== timer);
      if (this.watched) task();
    }, delayMs);
    this.timers.push(timer);
  }
}

const listOf = <T>(answer: T[] | Page<T>): T[] => (Array.isArray(answer) ? answer : answer.results);

function settingsOf(preferences: PreferencesDto): Settings {
  return {
    mode: preferences.mode,
    carbonWeight: {
      value: preferences.carbon_weight,
      min: 0,
      max: Math.max(1, 2 * preferences.carbon_weight),
      step: 0.01,
    },
    lightTarget: {
      value: preferences.light_target_lx,
      min: 0,
      max: Math.max(1000, preferences.light_target_lx),
      step: 10,
    },
    lightFloor: { value: preferences.light_floor_pct, min: 0, max: 100, step: 1 },
    ...(preferences.light_comfort_per_hour === undefined
      ? {}
      : { lightComfort: comfortSetting(preferences.light_comfort_per_hour) }),
    handsOff: {
      value: preferences.hands_off_minutes,
      min: 0,
      max: Math.max(240, preferences.hands_off_minutes),
      step: 5,
    },
  };
}
