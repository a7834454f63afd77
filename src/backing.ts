const backings = new WeakMap<object, readonly object[]>();

/** Records that `wrapper` has no entries of its own, but those of `maps`: of other maps, or of a memory that maps share. */
export function backedBy(wrapper: object, ...maps: object[]): void {
  backings.set(wrapper, maps.flatMap(backingsOf));
}

/** What holds the entries of `map`: the maps or memory that it wraps, or itself. */
export function backingsOf(map: object): readonly object[] {
  return backings.get(map) ?? [map];
}
