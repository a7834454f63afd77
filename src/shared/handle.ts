/** What a thread needs to use a map of another one. It can be sent by `postMessage` and `workerData`. */
export interface SharedMapHandle {
  /** Which class it is a handle of. */
  readonly kind: "SharedMap";
  /** The memory that holds the whole map. */
  readonly memory: WebAssembly.Memory;
}
