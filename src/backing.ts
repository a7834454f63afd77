const backings = new WeakMap<object, object>();

/** Records that `wrapper` has no entries of its own, but those of `map`: of another map, or of a memory that maps share. */
export function backedBy(wrapper: object, map: object): void {
  backings.set(wrapper, backingOf(map));
}

/** What holds the entries of `map`: the map or memory that it wraps, or itself. */
export function backingOf(map: object): object {
  return backings.get(map) ?? map;
}
