import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { ArgumentError } from "../demo/command_line.ts";

const COMMAND = "redis-server";

/** A `redis-server` of its own, on a free port of this machine, that keeps everything in memory. */
export class RedisServer {
  /** Its address for clients. */
  readonly url: string;
  readonly #folder: string;
  readonly #child: ChildProcess;
  readonly #kill = () => this.#signal("SIGKILL");

  private constructor(folder: string, port: number) {
    this.url = `redis://127.0.0.1:${port}`;
    this.#folder = folder;
    const args = ["--bind", "127.0.0.1", "--port", String(port), "--dir", folder, "--save", "", "--appendonly", "no"];
    // In a process group of its own, it is not interrupted together with the demo.
    this.#child = spawn(COMMAND, args, { detached: true, stdio: ["ignore", "pipe", "ignore"] });
    process.once("exit", this.#kill);
  }

  /**
   * Starts one.
   *
   * @throws {ArgumentError} If it is not installed, or ends at once.
   */
  static async start(): Promise<RedisServer> {
    const server = new RedisServer(await mkdtemp(join(tmpdir(), "twinmap-demo-")), await freePort());
    try {
      await server.#ready();
      return server;
    } catch (error) {
      await server.close();
      throw error;
    }
  }

  /** Freezes it: it keeps its connections, and does not answer. */
  pause(): void {
    this.#signal("SIGSTOP");
  }

  /** Lets it go on after `pause`. */
  resume(): void {
    this.#signal("SIGCONT");
  }

  /** Kills it, and removes its folder. */
  async close(): Promise<void> {
    process.off("exit", this.#kill);
    const { exitCode, signalCode, pid } = this.#child;
    if (pid !== undefined && exitCode === null && signalCode === null) {
      const exit = once(this.#child, "exit");
      this.#kill();
      await exit;
    }
    await rm(this.#folder, { recursive: true });
  }

  /** Resolves when it takes connections. */
  #ready(): Promise<void> {
    return new Promise((resolve, reject) => {
      let log = "";
      this.#child.stdout?.setEncoding("utf8").on("data", (text: string) => {
        log += text;
        if (log.includes("Ready to accept connections")) resolve();
      });
      this.#child.once("error", (error: NodeJS.ErrnoException) => {
        const reason = error.code === "ENOENT"
          ? `it is not on the PATH; without --to redis, the demo needs none`
          : error;
        reject(new ArgumentError(`Cannot start ${COMMAND}: ${reason}`));
      });
      this.#child.once("exit", () => reject(new ArgumentError(`Cannot start ${COMMAND}: it has ended: ${log.trim()}`)));
    });
  }

  /** Not `child.kill`: after it, Deno takes the child to have ended. */
  #signal(signal: NodeJS.Signals): void {
    const { exitCode, signalCode, pid } = this.#child;
    if (pid !== undefined && exitCode === null && signalCode === null) process.kill(pid, signal);
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  await once(server.close(), "close");
  return port;
}
