/** A `SharedMap` or `WasmMap` has no memory left for a write. The map is as it was before. */
export class CapacityError extends Error {
  /** The class's name. */
  override readonly name: string = "CapacityError";
}
