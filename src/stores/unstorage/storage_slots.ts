import { ReadWriteTurns } from "../slots/read_write_turns.ts";
import type { Content, Slots } from "../slots/slots.ts";
import { SilentFailureError } from "./failure.ts";
import type { UnstorageStorage } from "./storage.ts";

/** How many slots an iteration reads at the same time. */
const PAGE = 100;

/** The keys of a storage, as slots. */
export class StorageSlots implements Slots {
  readonly #storage: UnstorageStorage;
  /** A driver of files reads a half of what is being written. */
  readonly #turns = new ReadWriteTurns();
  /** Whether the driver has kept what it was given. */
  #keeps = false;

  constructor(storage: UnstorageStorage) {
    this.#storage = storage;
  }

  get(name: string): Promise<Content | undefined> {
    return this.#turns.read(name, () => this.#storage.getItemRaw(name)).then(contentOf);
  }

  set(name: string, content: Content): Promise<unknown> {
    return this.#turns.write(name, () => {
      const written = this.#storage.setItemRaw(name, content);
      return this.#keeps ? written : this.#isKept(name, written);
    });
  }

  delete(name: string): Promise<unknown> {
    return this.#turns.write(name, () => this.#remove(name));
  }

  async *names(): AsyncGenerator<readonly string[]> {
    const names = await this.#storage.getKeys();
    for (let at = 0; at < names.length; at += PAGE) yield names.slice(at, at + PAGE);
  }

  /** A driver that cannot write, or is told not to, does not say so. The first write shows it. */
  async #isKept(name: string, written: Promise<unknown>): Promise<void> {
    await written;
    if (contentOf(await this.#storage.getItemRaw(name)) === undefined) {
      throw new SilentFailureError("the driver did not keep what it was given");
    }
    this.#keeps = true;
  }

  /** `removeItem` swallows the errors of drivers of files. */
  async #remove(name: string): Promise<void> {
    await this.#storage.removeItem(name);
    if (contentOf(await this.#storage.getItemRaw(name)) === undefined) return;
    throw new SilentFailureError("the driver did not remove the key");
  }
}

/** Drivers answer with text, a view of bytes or a buffer; those of files answer with an error as if it were one of these. */
function contentOf(answer: unknown): Content | undefined {
  if (answer === null || answer === undefined) return undefined;
  if (answer instanceof Error) throw answer;
  return answer instanceof ArrayBuffer ? new Uint8Array(answer) : answer as Content;
}
