import { type AddressInfo, connect, createServer, type Socket } from "node:net";

const PROTOCOL_LEVEL_AT = 8;
const UNACCEPTABLE_VERSION = Buffer.from([0x20, 2, 0, 1]);

/** A broker as one that speaks MQTT 3.1.1 only: it refuses MQTT 5, as the standard says. */
export async function speakOldMqtt(brokerPort: number): Promise<{ url: string; close(): Promise<void> }> {
  const open = new Set<Socket>();
  const server = createServer((socket) => {
    open.add(socket);
    socket.on("error", () => socket.destroy());
    socket.on("close", () => open.delete(socket));
    socket.once("data", (greeting) => {
      if (greeting[PROTOCOL_LEVEL_AT] === 5) return void socket.end(UNACCEPTABLE_VERSION);
      const broker = connect(brokerPort, "127.0.0.1");
      broker.on("error", () => socket.destroy());
      broker.on("close", () => socket.destroy());
      socket.on("close", () => broker.destroy());
      broker.write(greeting);
      socket.pipe(broker).pipe(socket);
    });
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  return {
    url: `mqtt://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        for (const socket of open) socket.destroy();
        server.close(() => resolve());
      }),
  };
}
