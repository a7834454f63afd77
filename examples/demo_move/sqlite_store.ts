import { type Clock, systemClock } from "@twinmap/twinmap";
import { SqliteMap } from "@twinmap/twinmap/sqlite";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { Session, SessionId } from "../demo/session_service.ts";
import { Connection } from "./connection.ts";
import { LOST_MS, type NewStore, TIMEOUT_MS } from "./new_store.ts";
import { RemoteMap } from "./remote_map.ts";

/**
 * A SQLite file in a temporary folder. SQLite itself runs in this process, where nothing can be stopped or lost, so the
 * demo puts a connection in front of it.
 */
export class SqliteStore implements NewStore {
  readonly name = "SQLite";
  readonly map: RemoteMap<SessionId, Session>;
  readonly #folder: string;
  readonly #database: DatabaseSync;
  readonly #connection: Connection;
  readonly #clock: Clock;

  private constructor(folder: string, clock: Clock) {
    this.#folder = folder;
    this.#clock = clock;
    this.#connection = new Connection(clock);
    this.#database = new DatabaseSync(join(folder, "sessions.db"));
    // These sessions may be lost if the machine dies.
    this.#database.exec("PRAGMA synchronous = OFF");
    const sessions = new SqliteMap<SessionId, Session>(this.#database, { table: "sessions" });
    this.map = new RemoteMap(sessions, this.#connection, { timeoutMs: TIMEOUT_MS, clock });
  }

  /** Opens a new file. */
  static async open(clock: Clock = systemClock): Promise<SqliteStore> {
    return new SqliteStore(await mkdtemp(join(tmpdir(), "twinmap-demo-")), clock);
  }

  stop(): void {
    this.#connection.state = "hangs";
  }

  slowDown(): void {
    this.#connection.state = "slow";
  }

  goOn(): void {
    this.#connection.state = "works";
  }

  async loseConnection(): Promise<void> {
    this.#connection.state = "loses answers";
    await new Promise<void>((resolve) => void this.#clock.schedule(resolve, LOST_MS));
    if (this.#connection.state === "loses answers") this.goOn();
  }

  async close(): Promise<void> {
    this.#database.close();
    await rm(this.#folder, { recursive: true });
  }
}
