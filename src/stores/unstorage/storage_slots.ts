import type { Deadlines } from "../../async/deadlines.ts";
import { ReadWriteTurns } from "../slots/read_write_turns.ts";
import type { Content, Slots } from "../slots/slots.ts";
import { SilentFailureError } from "./failure.ts";
import type { UnstorageStorage } from "./storage.ts";

/** How many slots an iteration reads at the same time. */
const PAGE = 100;

/** The longest part of a key: it may become the name of a file. */
const MAX_PART = 200;
const PARTS = new RegExp(`.{1,${MAX_PART}}`, "g");
/** What is between the parts of a key. The hyphen tells a folder from a file. */
const JOINT = "-:";

/** The keys of a storage, as slots. */
export class StorageSlots implements Slots {
  readonly #storage: UnstorageStorage;
  /** A driver of files reads a half of what is being written. */
  readonly #turns: ReadWriteTurns;
  /** Whether the driver has kept what it was given. */
  #keeps = false;

  /** `deadlines` has the time limit for calls that others wait for. */
  constructor(storage: UnstorageStorage, deadlines: Deadlines) {
    this.#storage = storage;
    this.#turns = new ReadWriteTurns(deadlines);
  }

  get(name: string): Promise<Content | undefined> {
    const key = keyOf(name);
    return this.#turns.read(key, () => this.#storage.getItemRaw(key), contentOf);
  }

  set(name: string, content: Content): Promise<unknown> {
    const key = keyOf(name);
    return this.#turns.write(key, () => {
      const written = this.#storage.setItemRaw(key, content);
      return this.#keeps ? written : this.#isKept(key, written);
    });
  }

  delete(name: string): Promise<unknown> {
    const key = keyOf(name);
    return this.#turns.write(key, () => this.#remove(key));
  }

  deleteIf(name: string, isOver: (content: Content) => boolean): Promise<unknown> {
    const key = keyOf(name);
    return this.#turns.write(key, async () => {
      const content = contentOf(await this.#storage.getItemRaw(key));
      if (content !== undefined && isOver(content)) await this.#remove(key);
    });
  }

  async *names(): AsyncGenerator<readonly string[]> {
    // Some drivers answer with a key twice.
    const names = [...new Set((await this.#storage.getKeys()).map(nameOf))];
    for (let at = 0; at < names.length; at += PAGE) yield names.slice(at, at + PAGE);
  }

  /** A driver that cannot write, or is told not to, does not say so. The first write shows it. */
  async #isKept(key: string, written: Promise<unknown>): Promise<void> {
    await written;
    if (contentOf(await this.#storage.getItemRaw(key)) === undefined) {
      throw new SilentFailureError("the driver did not keep what it was given");
    }
    this.#keeps = true;
  }

  /** `removeItem` swallows the errors of drivers of files. */
  async #remove(key: string): Promise<void> {
    await this.#storage.removeItem(key);
    if (contentOf(await this.#storage.getItemRaw(key)) === undefined) return;
    throw new SilentFailureError("the driver did not remove the key");
  }
}

function keyOf(name: string): string {
  return name.length <= MAX_PART ? name : name.match(PARTS)!.join(JOINT);
}

/** What is no key of a slot is its own name. */
function nameOf(key: string): string {
  const name = key.replaceAll(JOINT, "");
  return keyOf(name) === key ? name : key;
}

/** Drivers answer with text, a view of bytes or a buffer; those of files answer with an error as if it were one of these. */
function contentOf(answer: unknown): Content | undefined {
  if (answer === null || answer === undefined) return undefined;
  if (answer instanceof Error) throw answer;
  return answer instanceof ArrayBuffer ? new Uint8Array(answer) : answer as Content;
}
