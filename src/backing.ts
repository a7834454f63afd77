const backings = new WeakMap<object, object>();

/** Records that `wrapper` has no entries of its own, but those of `map`. */
export function backedBy(wrapper: object, map: object): void {
  backings.set(wrapper, backingOf(map));
}

/** The map that holds the entries of `map`: what it wraps, or itself. */
export function backingOf(map: object): object {
  return backings.get(map) ?? map;
}
