import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { until } from "./until.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const RUN = "Deno" in globalThis ? ["run", "-A", "--no-check"] : [];

/** A file of examples/ in a process of its own, on the runtime of the test. */
export class StartedExample {
  readonly #child: ChildProcess;
  readonly #closed: Promise<unknown[]>;
  out = "";
  error = "";

  constructor(file: string, ...args: string[]) {
    this.#child = spawn(process.execPath, [...RUN, `examples/${file}`, ...args], { cwd: ROOT });
    this.#child.stdout?.setEncoding("utf8").on("data", (text: string) => this.out += text);
    this.#child.stderr?.setEncoding("utf8").on("data", (text: string) => this.error += text);
    this.#closed = once(this.#child, "close");
  }

  /** Waits until its output matches `pattern`, and returns the first group. */
  said(pattern: RegExp): Promise<string> {
    return until(() => {
      if (this.#child.exitCode !== null) throw new Error(`It has ended: ${this.out}${this.error}`);
      return pattern.exec(this.out)?.[1];
    });
  }

  async ended(): Promise<{ code: unknown; out: string; error: string }> {
    const [code] = await this.#closed;
    return { code, out: this.out, error: this.error };
  }

  /** Presses Enter. */
  enter(): void {
    this.#child.stdin?.write("\n");
  }

  /**
   * Presses Ctrl-C, if it has not ended. Not by `child.kill`: after it, Deno reports that the signal ended the child,
   * whatever its exit code.
   */
  interrupt(): void {
    if (this.#child.exitCode !== null) return;
    process.kill(this.#child.pid as number, "SIGINT");
  }

  kill(): void {
    this.#child.kill("SIGKILL");
  }
}
