import { type AddressInfo, createServer } from "node:net";
import { Aedes } from "aedes";

/** A real MQTT broker inside this process, on loopback only, at a free port. */
export async function startEmbeddedBroker(port = 0): Promise<{ url: string; close(): Promise<void> }> {
  // A Pi announces all it has in one breath, before its session is set up on our side.
  const aedes = await Aedes.createBroker({ queueLimit: 10_000 });
  const server = createServer(aedes.handle.bind(aedes));
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
  const { port: chosen } = server.address() as AddressInfo;
  return {
    url: `mqtt://127.0.0.1:${chosen}`,
    close: async () => {
      await new Promise<void>((resolve) => aedes.close(() => resolve()));
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
