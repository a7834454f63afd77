/** The contenders of a twin: the least code that could do its work, and the two nearest peers. */
import { createMigration, init, LDExecutionOrdering, LDMigrationStage } from "@launchdarkly/node-server-sdk";
import { LDMigrationSuccess, LDSerialExecution, TestData } from "@launchdarkly/node-server-sdk";
import { experiment } from "tzientist";

/** A class that only delegates to one map. */
export class DelegatingMap<K, V> {
  readonly #map: Map<K, V>;

  constructor(map: Map<K, V>) {
    this.#map = map;
  }

  get(key: K): V | undefined {
    return this.#map.get(key);
  }
}

/** A class that only sets both maps. */
export class BothMaps<K, V> {
  readonly #oldMap: Map<K, V>;
  readonly #newMap: Map<K, V>;

  constructor(oldMap: Map<K, V>, newMap: Map<K, V>) {
    this.#oldMap = oldMap;
    this.#newMap = newMap;
  }

  set(key: K, value: V): this {
    this.#oldMap.set(key, value);
    this.#newMap.set(key, value);
    return this;
  }
}

/** Returns a read that tzientist tries on both maps. It calls `onDiff` if they differ. */
export function tzientistRead<K, V>(
  oldMap: Map<K, V>,
  newMap: Map<K, V>,
  onDiff: () => void,
): (key: K) => V | undefined {
  return experiment<[K], V | undefined>({
    name: "get",
    control: (key) => oldMap.get(key),
    candidate: (key) => newMap.get(key),
    options: {
      publish: ({ controlResult, candidateResult }) => {
        if (controlResult !== candidateResult) onDiff();
      },
    },
  });
}

/** A map that answers at once, or with a promise. */
interface Readable<K, V> {
  get(key: K): V | undefined | Promise<V | undefined>;
}

/** Returns a read of LaunchDarkly's migration at `shadow`. Its flag is in memory, and it sends nothing. */
export async function launchDarklyRead<K, V>(
  oldMap: Readable<K, V>,
  newMap: Readable<K, V>,
): Promise<{ read: (key: K) => Promise<V | undefined>; close: () => void }> {
  const flags = new TestData();
  await flags.update(flags.flag("map").valueForAll(LDMigrationStage.Shadow));
  const client = init("offline", { updateProcessor: flags.getFactory(), sendEvents: false, diagnosticOptOut: true });
  await client.waitForInitialization({ timeout: 5 });
  const unused = () => Promise.reject(new Error("Cannot write: reads are measured"));
  const migration = createMigration<V | undefined, void, K, void>(client, {
    execution: new LDSerialExecution(LDExecutionOrdering.Fixed),
    readOld: async (key) => LDMigrationSuccess(await oldMap.get(key as K)),
    readNew: async (key) => LDMigrationSuccess(await newMap.get(key as K)),
    writeOld: unused,
    writeNew: unused,
    check: (oldValue, newValue) => oldValue === newValue,
  });
  const context = { kind: "user", key: "bench" };
  const read = async (key: K): Promise<V | undefined> => {
    const result = await migration.read("map", context, LDMigrationStage.Off, key);
    return result.success ? result.result : undefined;
  };
  return { read, close: () => client.close() };
}
