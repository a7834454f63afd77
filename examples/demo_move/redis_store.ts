import { type Clock, systemClock } from "@twinmap/twinmap";
import { RedisMap } from "@twinmap/twinmap/redis";
import { createClient } from "redis";
import type { Session, SessionId } from "../demo/session_service.ts";
import { LOST_MS, type NewStore, SLOW_MS, TIMEOUT_MS } from "./new_store.ts";
import { RedisServer } from "./redis_server.ts";

type Client = Awaited<ReturnType<typeof connect>>;

/** For how long a slow server goes on between two pauses, in milliseconds. */
const GO_ON_MS = 10;

/** A Redis server that the demo starts itself, and can freeze. */
export class RedisStore implements NewStore {
  readonly name = "Redis";
  readonly map: RedisMap<SessionId, Session>;
  readonly #server: RedisServer;
  readonly #client: Client;
  /** The connection by which the demo makes the server close the other one. */
  readonly #control: Client;
  readonly #clock: Clock;
  #cancel: (() => void) | void = undefined;

  private constructor(server: RedisServer, client: Client, control: Client, clock: Clock) {
    this.#server = server;
    this.#client = client;
    this.#control = control;
    this.#clock = clock;
    this.map = new RedisMap(client, { prefix: "sessions:", timeoutMs: TIMEOUT_MS, clock });
  }

  /**
   * Starts a server, and connects to it.
   *
   * @throws {ArgumentError} If the server cannot be started.
   */
  static async start(clock: Clock = systemClock): Promise<RedisStore> {
    const server = await RedisServer.start();
    const [client, control] = await Promise.all([connect(server.url), connect(server.url)]);
    return new RedisStore(server, client, control, clock);
  }

  stop(): void {
    this.goOn();
    this.#server.pause();
  }

  slowDown(): void {
    this.goOn();
    this.#server.pause();
    this.#cancel = this.#clock.schedule(() => {
      this.#server.resume();
      this.#cancel = this.#clock.schedule(() => this.slowDown(), GO_ON_MS);
    }, SLOW_MS);
  }

  goOn(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    this.#server.resume();
  }

  /** The server takes writes without carrying them out, and then closes the connection. */
  async loseConnection(): Promise<void> {
    this.goOn();
    await this.#control.sendCommand(["CLIENT", "PAUSE", String(10 * LOST_MS), "WRITE"]);
    await new Promise<void>((resolve) => void this.#clock.schedule(resolve, LOST_MS));
    await this.#control.sendCommand(["CLIENT", "KILL", "TYPE", "normal"]);
    await this.#control.sendCommand(["CLIENT", "UNPAUSE"]);
  }

  async close(): Promise<void> {
    this.#cancel?.();
    this.#client.destroy();
    this.#control.destroy();
    await this.#server.close();
  }
}

async function connect(url: string) {
  const client = createClient({ url });
  // Without a listener, a lost connection would end the process.
  client.on("error", () => {});
  await client.connect();
  return client;
}
