/** Maps whose operations take several steps, with turns for others in between. That breaks all but the first. */
import { NativeMap } from "@twinmap/twinmap";

/** Waits until it is this call's turn again. */
export type Pause = () => Promise<unknown>;

/** The operations of a map that the tests use. */
export class SteppedMap {
  protected readonly map: NativeMap<string, string | number> = new NativeMap();
  protected readonly pause: Pause;

  constructor(pause: Pause) {
    this.pause = pause;
  }

  async get(key: string): Promise<string | number | undefined> {
    await this.pause();
    const value = this.map.get(key);
    await this.pause();
    return value;
  }

  async set(key: string, value: string): Promise<void> {
    await this.pause();
    this.map.set(key, value);
    await this.pause();
  }

  async delete(key: string): Promise<boolean> {
    await this.pause();
    const wasThere = this.map.delete(key);
    await this.pause();
    return wasThere;
  }

  async add(key: string, delta: number): Promise<number> {
    await this.pause();
    const sum = this.map.update(key, (current) => Number(current ?? 0) + delta);
    await this.pause();
    return Number(sum);
  }

  async compareAndSet(key: string, expected: string, value: string): Promise<boolean> {
    await this.pause();
    const isSet = this.map.compareAndSet(key, expected, value);
    await this.pause();
    return isSet;
  }
}

/** An addition of another client between the read and the write is overwritten. */
export class LostUpdateMap extends SteppedMap {
  override async add(key: string, delta: number): Promise<number> {
    const sum = Number(await this.get(key) ?? 0) + delta;
    this.map.set(key, sum);
    return sum;
  }
}

/** Reads come from a copy, which a write reaches only after it has returned. */
export class StaleReadMap extends SteppedMap {
  readonly #copy = new Map<string, string>();

  override async get(key: string): Promise<string | undefined> {
    await this.pause();
    return this.#copy.get(key);
  }

  override async set(key: string, value: string): Promise<void> {
    await super.set(key, value);
    this.pause().then(() => this.#copy.set(key, value));
  }
}

/** A value is written in two halves, and can be read in between. */
export class TornValueMap extends SteppedMap {
  readonly #second = new Map<string, string>();

  override async get(key: string): Promise<string | undefined> {
    await this.pause();
    const first = this.map.get(key);
    return first === undefined ? undefined : `${first}${this.#second.get(key)}`;
  }

  override async set(key: string, value: string): Promise<void> {
    await this.pause();
    if (!this.map.has(key)) this.#second.set(key, value.slice(1));
    this.map.set(key, value.slice(0, 1));
    await this.pause();
    this.#second.set(key, value.slice(1));
  }
}

/** A key that is deleted between reading its value and writing it is present again. */
export class ResurrectedKeyMap extends SteppedMap {
  override async compareAndSet(key: string, expected: string, value: string): Promise<boolean> {
    if (await this.get(key) !== expected) return false;
    this.map.set(key, value);
    return true;
  }
}
