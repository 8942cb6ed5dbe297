/** One of several ingest processes: takes its share of the readings and acknowledges them after commit, until killed. */
import { openPostgresHistory } from "../../src/memory/postgres-history.ts";
import { connectBroker } from "../../src/sensing/mqtt-broker.ts";

const [brokerUrl = "", historyUrl = "", name = ""] = process.argv.slice(2);
const silent = (): void => undefined;
const log = { debug: silent, info: silent, warning: silent, error: silent };
const clock = {
  nowMs: () => Date.now(),
  after: (delayMs: number, task: () => void) => {
    const timer = setTimeout(task, delayMs);
    return { cancel: () => clearTimeout(timer) };
  },
};
const history = await openPostgresHistory({ url: historyUrl, clock, log, ingest: name });
const broker = connectBroker({ url: brokerUrl, clientId: name, clock, log });
let taken = 0;
broker.subscribe("$share/ingest/HyperVolt/sensors/#", 1, ({ payload, acknowledge }) => {
  const { sensor_id, value, timestamp } = JSON.parse(Buffer.from(payload).toString()) as {
    sensor_id: string;
    value: number;
    timestamp: string;
  };
  if (++taken === 1) process.stdout.write("took\n");
  void history.append([{ sensorId: sensor_id, atMs: Date.parse(timestamp), value, committed: acknowledge }]);
});
broker.onConnect(() => process.stdout.write("ready\n"));
