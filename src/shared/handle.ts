/** What a thread needs to use a map of another one: it can be posted by `postMessage` and `workerData`. */
export interface SharedMapHandle {
  /** What it is a handle of. */
  readonly kind: "SharedMap";
  /** All that the map is. */
  readonly memory: WebAssembly.Memory;
}
