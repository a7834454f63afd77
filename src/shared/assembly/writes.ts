/** Counts the writes of this thread in its record: see `src/shared/thread_record.ts`. */
import { ALL_SIGNS, SHARED, SIGNS, WRITES } from "./layout";
import { storeCount } from "./words";

/** Sees to it that this thread has a record, with all its signs of life, and returns where it is. */
// @ts-ignore: decorator
@external("table", "join")
declare function join(): u32;

/** What the end of a write adds: the lowest 16 bits count the tables within one, the others those that were ended. */
const ENDED: u64 = 0xffff;

let record: u32 = 0;
/** Whether this table is within a write. One that an exception has broken off may have left blocks in hand. */
let isWriting: bool = false;

/** Is called before this thread takes a block in hand. */
// @ts-ignore: decorator
@inline
export function begin(): void {
  if (!SHARED || isWriting) return;
  if (record == 0 || load<u32>(record + SIGNS) != ALL_SIGNS) record = join();
  store<u64>(record + WRITES, load<u64>(record + WRITES) + 1);
  isWriting = true;
}

/** Is called when it holds none any more. */
// @ts-ignore: decorator
@inline
export function end(): void {
  if (!SHARED) return;
  isWriting = false;
  storeCount(record + WRITES, load<u64>(record + WRITES) + ENDED);
}
