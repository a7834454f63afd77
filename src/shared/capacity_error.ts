/** A `SharedMap` or `WasmMap` has no memory for what it was to take. What it held before it still holds, and nothing else. */
export class CapacityError extends Error {
  /** The class's name. */
  override readonly name: string = "CapacityError";
}
