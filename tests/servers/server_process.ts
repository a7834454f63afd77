import { type ChildProcess, execFile, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { chownSync, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";

/** From Debian's `util-linux`. It gives up root, and has the kernel end the server when the test run ends. */
const SETPRIV = "/usr/bin/setpriv";
/** Some servers refuse to run as root. */
const UNPRIVILEGED = "nobody";
const START_LIMIT_MS = 30_000;
const ASK_AGAIN_MS = 10;

/** Whether servers can be started here by this command. If not, the tests that need it are skipped. */
export function isInstalled(command: string): boolean {
  return existsSync(SETPRIV) && existsSync(command);
}

/** Returns ports on 127.0.0.1 that nobody listens to. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, "127.0.0.1"));
  await Promise.all(servers.map((server) => once(server, "listening")));
  const ports = servers.map((server) => (server.address() as { port: number }).port);
  await Promise.all(servers.map((server) => once(server.close(), "close")));
  return ports;
}

/** Starts a server, or removes its files if it does not start. */
export async function started<S extends AsyncDisposable & { start(): Promise<void> }>(server: S): Promise<S> {
  try {
    await server.start();
    return server;
  } catch (error) {
    await server[Symbol.asyncDispose]();
    throw error;
  }
}

/** A server in a process of its own, on one port of 127.0.0.1, with its files in a temporary folder. */
export abstract class ServerProcess implements AsyncDisposable {
  readonly port: number;
  /** The server's user owns it. It is removed when the server is disposed of. */
  readonly folder: string;
  /** What gives up root, and then runs a command. */
  readonly #unprivileged: readonly string[];
  #child: ChildProcess | undefined;
  #closed: Promise<unknown> = Promise.resolve();
  #output = "";

  constructor(name: string, port: number) {
    this.port = port;
    this.folder = mkdtempSync(join(tmpdir(), `twinmap-${name}-`));
    const isRoot = process.getuid?.() === 0;
    if (isRoot) chownSync(this.folder, idOf("-u"), idOf("-g"));
    const identity = isRoot ? ["--reuid", UNPRIVILEGED, "--regid", String(idOf("-g")), "--clear-groups"] : [];
    this.#unprivileged = ["--pdeathsig", "KILL", ...identity];
  }

  /** The command and its arguments. */
  protected abstract command(): string[];

  /** Whether it answers. */
  protected abstract answers(): Promise<boolean>;

  /** The signal on which it closes its connections and ends in order. */
  protected readonly stopSignal: NodeJS.Signals = "SIGTERM";

  /** What it has printed since it started last. */
  get output(): string {
    return this.#output;
  }

  /** Waits until it answers. Does nothing if it runs. */
  async start(): Promise<void> {
    if (this.#child !== undefined) return;
    this.#output = "";
    const child = spawn(SETPRIV, [...this.#unprivileged, ...this.command()], {
      cwd: this.folder,
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.#child = child;
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (text: string) => this.#output += text);
    }
    this.#closed = once(child, "close");
    for (const startMs = performance.now(); !(await this.answers()); await sleep(ASK_AGAIN_MS)) {
      if (child.exitCode !== null || child.signalCode !== null || performance.now() - startMs > START_LIMIT_MS) {
        throw new Error(`Cannot start ${this.command().join(" ")}: it does not answer: ${this.#output}`);
      }
    }
  }

  /** Lets it end in order, also if it is paused. Does nothing if it has stopped. */
  async stop(): Promise<void> {
    if (this.#child === undefined) return;
    this.resume();
    send(this.#pid, this.stopSignal);
    await this.#ended();
  }

  /** Ends it at once, as a crash would. Does nothing if it has stopped. */
  async kill(): Promise<void> {
    if (this.#child === undefined) return;
    this.pause();
    this.#sendAll("SIGKILL");
    await this.#ended();
  }

  /** Stops it if it runs, and starts it on the same port with the same files. */
  async restart(): Promise<void> {
    await this.stop();
    await this.start();
  }

  /** Freezes it: it keeps its connections, and does not answer. */
  pause(): void {
    send(this.#pid, "SIGSTOP");
    this.#sendAll("SIGSTOP");
  }

  /** Lets it go on after `pause`. */
  resume(): void {
    this.#sendAll("SIGCONT");
  }

  /** Kills it, and removes its files. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Runs a command as the server's user, in its folder. */
  protected async runAsServer(...command: string[]): Promise<void> {
    await promisify(execFile)(SETPRIV, [...this.#unprivileged, ...command], { cwd: this.folder });
  }

  get #pid(): number {
    const { pid } = this.#child ?? {};
    if (pid === undefined) throw new Error(`Cannot signal ${this.command()[0]}: it does not run`);
    return pid;
  }

  /** PostgreSQL has a process for each connection. */
  #sendAll(signal: NodeJS.Signals): void {
    for (const pid of [...childrenOf(this.#pid), this.#pid]) send(pid, signal);
  }

  async #ended(): Promise<void> {
    await this.#closed;
    this.#child = undefined;
  }
}

function idOf(which: "-u" | "-g"): number {
  return Number(execFileSync("/usr/bin/id", [which, UNPRIVILEGED], { encoding: "utf8" }));
}

function childrenOf(pid: number): number[] {
  const file = `/proc/${pid}/task/${pid}/children`;
  if (!existsSync(file)) return [];
  return readFileSync(file, "utf8").split(" ").filter((id) => id !== "").map(Number);
}

/** Not `child.kill`: after it, Deno reports that the signal ended the child, whatever its exit code. */
function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}
