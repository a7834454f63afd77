/** Runs the callbacks of writes, and knows whether one is running. */
export class WriteCallbacks {
  #running = 0;

  get isRunning(): boolean {
    return this.#running > 0;
  }

  run<T>(callback: () => T): T {
    this.#running++;
    try {
      return callback();
    } finally {
      this.#running--;
    }
  }
}
