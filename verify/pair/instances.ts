/**
 * The version of the key that `id` stands for: the same twice only if no write to the key was in flight, began or ended in between.
 * `undefined` while one is in flight, or the key waits to be copied.
 */
export type VersionOf = (id: unknown) => number | undefined;

type Instance = WeakRef<VersionOf>;

const instancesByName = new Map<string, Set<Instance>>();

const garbage = new FinalizationRegistry<{ readonly name: string; readonly instance: Instance }>((left) => {
  const instances = instancesByName.get(left.name);
  instances?.delete(left.instance);
  if (instances?.size === 0) instancesByName.delete(left.name);
});

/**
 * Adds a twin to the instances of its name in this process, until it is garbage: one that is closed goes on writing.
 *
 * @param versionOf The version of a key by the writes of this twin. All such versions come from one count, as those of
 * `KeySeqlock` do.
 * @returns The version of a key by the writes of all instances. O(instances).
 */
export function joinInstances(name: string, versionOf: VersionOf): VersionOf {
  const instances = instancesByName.get(name) ?? new Set();
  instancesByName.set(name, instances);
  const instance = new WeakRef(versionOf);
  instances.add(instance);
  garbage.register(versionOf, { name, instance });
  return (id) => {
    let latest = versionOf(id);
    for (const other of instances) {
      const version = (other.deref() ?? versionOf)(id);
      if (latest === undefined || version === undefined) return undefined;
      latest = Math.max(latest, version);
    }
    return latest;
  };
}
