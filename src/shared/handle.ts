import { received } from "../received.ts";
import { type Buffers, FORMAT, FORMAT_AT, MAGIC, MAGIC_AT } from "./shared_memory.ts";

/** What a thread needs to use a map of another one: it can be posted by `postMessage` and `workerData`. */
export interface SharedMapHandle {
  /** What it is a handle of. */
  readonly kind: "SharedMap";
  /** The header and the slots. */
  readonly slots: SharedArrayBuffer;
  /** The blocks that hold keys and values. */
  readonly blocks: SharedArrayBuffer;
}

/**
 * The buffers of a handle.
 *
 * @throws {TypeError} If it isn't one, or one of another version of this module.
 */
export function buffersOf(handle: SharedMapHandle): Buffers {
  const isHandle = typeof handle === "object" && handle !== null && handle.kind === "SharedMap" &&
    handle.slots instanceof SharedArrayBuffer && handle.blocks instanceof SharedArrayBuffer &&
    handle.slots.byteLength > 64 && new Int32Array(handle.slots, 0, 2)[MAGIC_AT] === (MAGIC | 0);
  if (!isHandle) {
    throw new TypeError(`Cannot attach SharedMap: the handle must be that of a SharedMap: ${received(handle)}`);
  }
  const format = new Int32Array(handle.slots, 0, 2)[FORMAT_AT];
  if (format !== FORMAT) {
    throw new TypeError(`Cannot attach SharedMap: the handle must be of format ${FORMAT}: ${received(format)}`);
  }
  return { slots: handle.slots, blocks: handle.blocks };
}
