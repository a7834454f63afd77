import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { runtime } from "../../tools/runtime/runtime.mjs";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const DENO_OPTIONS = ["run", "-A", "--no-check"];
const OWN_COMMAND: readonly string[] = [process.execPath, ...("Deno" in globalThis ? DENO_OPTIONS : [])];

/** A module of tests/ in a process of its own, on the runtime of the test, or on Deno. */
export class StartedProcess {
  readonly #child: ChildProcess;
  readonly #closed: Promise<unknown[]>;
  readonly #lines: string[] = [];
  #error = "";

  constructor(
    module: string,
    args: readonly string[],
    [command = process.execPath, ...options]: readonly string[] = OWN_COMMAND,
  ) {
    this.#child = spawn(command, [...options, module, ...args], { cwd: ROOT, stdio: ["ignore", "pipe", "pipe"] });
    let rest = "";
    this.#child.stdout?.setEncoding("utf8").on("data", (text: string) => {
      const lines = (rest + text).split("\n");
      rest = lines.pop() as string;
      this.#lines.push(...lines);
    });
    this.#child.stderr?.setEncoding("utf8").on("data", (text: string) => this.#error += text);
    this.#closed = once(this.#child, "close");
  }

  /** Starts it on Deno, whatever the runtime of the test. */
  static onDeno(module: string, args: readonly string[]): StartedProcess {
    return new StartedProcess(module, args, [runtime("deno"), ...DENO_OPTIONS]);
  }

  /** The lines that it has said so far. */
  get said(): readonly string[] {
    return this.#lines;
  }

  /** Waits until it has said so many lines. */
  async says(lines: number): Promise<void> {
    while (this.#lines.length < lines) {
      if (this.#child.exitCode !== null) throw new Error(`It has ended: ${this.#error}`);
      await Promise.race([once(this.#child.stdout as NonNullable<ChildProcess["stdout"]>, "data"), this.#closed]);
    }
  }

  /** Waits until it has ended, and throws unless it ended well. */
  async ended(): Promise<void> {
    const [code] = await this.#closed;
    if (code !== 0) throw new Error(`It has ended with ${code}: ${this.#error}`);
  }

  /** Ends it at once, wherever it is. */
  async kill(): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#closed;
  }
}
