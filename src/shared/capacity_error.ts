/** A `SharedMap` has no room for what it was to take. What it held before it still holds, and nothing else. */
export class CapacityError extends Error {
  /** The class's name. */
  override readonly name: string = "CapacityError";
}
