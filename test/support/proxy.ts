import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";

/** Code of the message in which PostgreSQL passes a notification on. */
const NOTIFICATION = "A".charCodeAt(0);
/** Code of the message with which PostgreSQL ends every answer. */
const READY = "Z".charCodeAt(0);

/** Stands between client and server, to do what networks and poolers do. */
export class NetworkProxy {
  readonly port: number;
  readonly #server: Server;
  readonly #pairs = new Set<readonly [Socket, Socket]>();
  /** Bytes from the client are held back. */
  stalled = false;
  /** The server's notifications are swallowed, as by a pooler in transaction mode. */
  dropsNotifications = false;
  /** Answers that were passed on: round trips, those of connecting too. */
  answers = 0;
  /** Changes what a client sends, without changing its length. */
  rewrite: ((text: string) => string) | undefined;
  /** Called with what a client sends, before it is passed on. */
  onRequest: (text: string) => "pass" | "cut-before" | "cut-after" = () => "pass";

  private constructor(server: Server, port: number) {
    this.#server = server;
    this.port = port;
  }

  static async start(target: number): Promise<NetworkProxy> {
    const server = createServer();
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    if (address === null || typeof address === "string") throw new Error("no port");
    const proxy = new NetworkProxy(server, address.port);
    server.on("connection", (socket) => proxy.#join(socket, connect(target, "127.0.0.1")));
    return proxy;
  }

  /** Ends all connections, as when a network cable is pulled. */
  cut(): void {
    for (const [client, server] of this.#pairs) {
      client.destroy();
      server.destroy();
    }
  }

  async close(): Promise<void> {
    this.cut();
    this.#server.close();
    await once(this.#server, "close");
  }

  #join(client: Socket, server: Socket): void {
    const pair = [client, server] as const;
    this.#pairs.add(pair);
    for (const socket of pair) {
      // Else each answer of several messages waits for its receiver's acknowledgement.
      socket.setNoDelay(true);
      socket.on("error", () => {});
      socket.on("close", () => {
        this.#pairs.delete(pair);
        client.destroy();
        server.destroy();
      });
    }
    client.on("data", (sent) => {
      if (this.stalled) return;
      const chunk =
        this.rewrite === undefined
          ? sent
          : Buffer.from(this.rewrite(sent.toString("latin1")), "latin1");
      const what = this.onRequest(chunk.toString("latin1"));
      if (what === "cut-before") client.destroy();
      else if (what === "cut-after") {
        // The server gets it and answers to nobody.
        server.removeAllListeners("data");
        server.on("data", () => setTimeout(() => client.destroy(), 20));
        server.write(chunk);
      } else server.write(chunk);
    });
    let rest = Buffer.alloc(0);
    server.on("data", (chunk) => {
      rest = Buffer.concat([rest, chunk]);
      while (rest.length >= 5 && rest.length >= 1 + rest.readUInt32BE(1)) {
        const length = 1 + rest.readUInt32BE(1);
        if (rest[0] === READY) this.answers++;
        const swallowed = rest[0] === NOTIFICATION && this.dropsNotifications;
        if (!swallowed) client.write(rest.subarray(0, length));
        rest = rest.subarray(length);
      }
    });
  }
}
