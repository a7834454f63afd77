import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import process from "node:process";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const RUN = "Deno" in globalThis ? ["run", "-A", "--no-check"] : [];

/** A module of tests/ in a process of its own, on the runtime of the test. */
export class StartedProcess {
  readonly #child: ChildProcess;
  readonly #closed: Promise<unknown[]>;
  readonly #lines: string[] = [];
  #error = "";

  constructor(module: string, ...args: string[]) {
    this.#child = spawn(process.execPath, [...RUN, module, ...args], { cwd: ROOT, stdio: ["ignore", "pipe", "pipe"] });
    let rest = "";
    this.#child.stdout?.setEncoding("utf8").on("data", (text: string) => {
      const lines = (rest + text).split("\n");
      rest = lines.pop() as string;
      this.#lines.push(...lines);
    });
    this.#child.stderr?.setEncoding("utf8").on("data", (text: string) => this.#error += text);
    this.#closed = once(this.#child, "close");
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
