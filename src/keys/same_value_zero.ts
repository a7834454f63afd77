/** Whether `Map` treats two keys as equal: `===`, but `NaN` equals itself. */
export function sameValueZero(a: unknown, b: unknown): boolean {
  return a === b || (a !== a && b !== b);
}

/** The key as a `Map` stores it: `-0` becomes `0`. */
export function storedKey<K>(key: K): K {
  return key === 0 ? 0 as K : key;
}
