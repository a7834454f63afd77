import { mapSize, setSize } from "../inspection/brands.ts";

/** A `Map`, or a `Set`, as a map of its members to themselves. A subclass's own methods are not called: they may have effects. */
export interface Collection {
  /** What a path calls a key. */
  readonly kind: "key" | "member";
  size(collection: object): number;
  keys(collection: object): Iterable<unknown>;
  has(collection: object, key: unknown): boolean;
  get(collection: object, key: unknown): unknown;
  /** What is matched where `key` is an object that the other collection lacks: two entries match if they are equal. */
  entry(collection: object, key: object): object;
}

const mapMethods = Map.prototype as Pick<Map<unknown, unknown>, "keys" | "get" | "has">;
const setMethods = Set.prototype as Pick<Set<unknown>, "values" | "has">;

/** The collections by what they hold. */
export const COLLECTIONS: Readonly<Record<"entries" | "members", Collection>> = {
  entries: {
    kind: "key",
    size: (map) => mapSize(map as Map<unknown, unknown>),
    keys: (map) => mapMethods.keys.call(map),
    has: (map, key) => mapMethods.has.call(map, key),
    get: (map, key) => mapMethods.get.call(map, key),
    entry: (map, key) => [key, mapMethods.get.call(map, key)],
  },
  members: {
    kind: "member",
    size: (set) => setSize(set as Set<unknown>),
    keys: (set) => setMethods.values.call(set),
    has: (set, key) => setMethods.has.call(set, key),
    get: (_, key) => key,
    entry: (_, key) => key,
  },
};
