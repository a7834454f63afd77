/** Starts Debian's Redis for the tests that need one. */
import { execFile } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { freePorts, isInstalled, ServerProcess, started } from "./server_process.ts";

const SERVER = "/usr/bin/redis-server";
const CLI = "/usr/bin/redis-cli";
const SLOTS = 16_384;
const MASTERS = 3;

/** Whether it is installed. If not, the tests that need it are skipped: they say "(needs Redis)" in their names. */
export const redisIsInstalled: boolean = isInstalled(SERVER) && isInstalled(CLI);

/** Directives of `redis.conf`. */
export type RedisConfig = { readonly [directive: string]: string };

/** What was acknowledged outlives the process, even if it is killed. */
const CONFIG: RedisConfig = { bind: "127.0.0.1", save: "", appendonly: "yes", loglevel: "warning" };

/** A Redis server, alone or in a cluster. */
export class RedisServer extends ServerProcess {
  readonly #config: RedisConfig;

  /** Starts nothing yet. */
  constructor(port: number, config: RedisConfig = {}) {
    super("redis", port);
    this.#config = { ...CONFIG, port: String(port), dir: this.folder, ...config };
  }

  /** Its address for clients. */
  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  /** The port on which the nodes of a cluster speak to each other. */
  get busPort(): string {
    return this.#config["cluster-port"] ?? String(this.port + 10_000);
  }

  /** Runs a command by `redis-cli`, and returns what that prints. */
  async cli(...args: string[]): Promise<string> {
    const { stdout } = await promisify(execFile)(CLI, ["-p", String(this.port), ...args]);
    return stdout.trimEnd();
  }

  protected override command(): string[] {
    return [SERVER, ...Object.entries(this.#config).flatMap(([directive, value]) => [`--${directive}`, value])];
  }

  protected override async answers(): Promise<boolean> {
    try {
      return await this.cli("PING") === "PONG";
    } catch {
      return false;
    }
  }
}

/** Starts a server, to be disposed of with `await using`. */
export async function startRedis(config: RedisConfig = {}): Promise<RedisServer> {
  const [port] = await freePorts(1);
  return await started(new RedisServer(port as number, config));
}

/** Three masters without replicas. */
export class RedisCluster implements AsyncDisposable {
  readonly nodes: readonly RedisServer[];

  /** Starts nothing yet. */
  constructor(ports: readonly number[], config: RedisConfig = {}) {
    this.nodes = Array.from({ length: MASTERS }, (_, at) =>
      new RedisServer(ports[at] as number, {
        "cluster-enabled": "yes",
        "cluster-port": String(ports[MASTERS + at]),
        "cluster-node-timeout": "2000",
        ...config,
      }));
  }

  /** The nodes' addresses for clients. */
  get urls(): string[] {
    return this.nodes.map(({ url }) => url);
  }

  /** Waits until each node is part of the cluster. */
  async start(): Promise<void> {
    await Promise.all(this.nodes.map((node) => node.start()));
    await Promise.all(this.nodes.map((node, at) => this.#join(node, at)));
    await this.ready();
  }

  /** Ends all nodes at once, as if the power failed. */
  async kill(): Promise<void> {
    await Promise.all(this.nodes.map((node) => node.kill()));
  }

  /** Starts the nodes that were killed, and waits until the cluster works again. */
  async restart(): Promise<void> {
    await Promise.all(this.nodes.map((node) => node.start()));
    await this.ready();
  }

  /** Waits until all nodes agree that the cluster works, as after a restart of one of them. */
  async ready(): Promise<void> {
    while (!(await this.#agrees())) await sleep(20);
  }

  /** Kills the nodes, and removes their files. */
  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.nodes.map((node) => node[Symbol.asyncDispose]()));
  }

  async #join(node: RedisServer, at: number): Promise<void> {
    const slotOf = (index: number) => Math.floor(index * SLOTS / MASTERS);
    await node.cli("CLUSTER", "ADDSLOTSRANGE", String(slotOf(at)), String(slotOf(at + 1) - 1));
    await node.cli("CLUSTER", "SET-CONFIG-EPOCH", String(at + 1));
    const [first] = this.nodes as [RedisServer];
    if (node !== first) await node.cli("CLUSTER", "MEET", "127.0.0.1", String(first.port), first.busPort);
  }

  async #agrees(): Promise<boolean> {
    const infos = await Promise.all(this.nodes.map((node) => node.cli("CLUSTER", "INFO")));
    return infos.every((info) =>
      ["cluster_state:ok", `cluster_slots_ok:${SLOTS}`, `cluster_known_nodes:${MASTERS}`].every((line) =>
        info.includes(line)
      )
    );
  }
}

/** Starts three masters, to be disposed of with `await using`. */
export async function startRedisCluster(config: RedisConfig = {}): Promise<RedisCluster> {
  return await started(new RedisCluster(await freePorts(2 * MASTERS), config));
}
