/** Starts Debian's PostgreSQL for the tests that need one. */
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { freePorts, isInstalled, ServerProcess, started } from "./server_process.ts";

/** Debian puts each major version in a folder of its own. */
const BIN = "/usr/lib/postgresql/15/bin";
const USER = "twinmap";
const DATABASE = "postgres";

/** Whether it is installed. If not, the tests that need it are skipped: they say "(needs PostgreSQL)" in their names. */
export const postgresIsInstalled: boolean = isInstalled(join(BIN, "postgres"));

/** Parameters of `postgresql.conf`. */
export type PostgresConfig = { readonly [parameter: string]: string };

/** What was committed outlives the process, even if it is killed; but not the machine. */
const CONFIG: PostgresConfig = { listen_addresses: "127.0.0.1", fsync: "off", shared_buffers: "16MB" };

/** A PostgreSQL server with one database. */
export class PostgresServer extends ServerProcess {
  readonly #config: PostgresConfig;
  /** It ends the sessions; a polite stop would wait for the clients to leave. */
  protected override readonly stopSignal = "SIGINT";

  /** Starts nothing yet. */
  constructor(port: number, config: PostgresConfig = {}) {
    super("postgres", port);
    this.#config = { ...CONFIG, port: String(port), unix_socket_directories: this.folder, ...config };
  }

  /** Its address for clients. */
  get url(): string {
    return `postgres://${USER}@127.0.0.1:${this.port}/${DATABASE}`;
  }

  /** Runs SQL by `psql`, and returns the rows that it prints, one a line, without headings. */
  async sql(statement: string): Promise<string> {
    const { stdout } = await promisify(execFile)(join(BIN, "psql"), [this.url, "-Xqtc", statement, "-A"]);
    return stdout.trimEnd();
  }

  /** Makes the database if there is none. */
  override async start(): Promise<void> {
    if (!existsSync(this.#data)) {
      await this.runAsServer(join(BIN, "initdb"), "-D", this.#data, "-U", USER, "-A", "trust", "-E", "UTF8", "-N");
    }
    await super.start();
  }

  get #data(): string {
    return join(this.folder, "data");
  }

  protected override command(): string[] {
    const settings = Object.entries(this.#config).flatMap(([parameter, value]) => ["-c", `${parameter}=${value}`]);
    return [join(BIN, "postgres"), "-D", this.#data, ...settings];
  }

  protected override async answers(): Promise<boolean> {
    try {
      return await this.sql("select 1") === "1";
    } catch {
      return false;
    }
  }
}

/** Starts a server, to be disposed of with `await using`. */
export async function startPostgres(config: PostgresConfig = {}): Promise<PostgresServer> {
  const [port] = await freePorts(1);
  return await started(new PostgresServer(port as number, config));
}
