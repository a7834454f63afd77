/** The maps of 100,000 strings that are measured against each other. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { NativeMap } from "../../mod.ts";
import { SharedMap } from "../../src/shared/shared_map.ts";
import { filledMap, KEY_COUNT, shuffledKeys } from "../lib/keys.ts";

/**
 * Every key twice, in an order unrelated to the order of insertion, with another neighbour the second time. The
 * neighbour is the value that a key is set to, so that no write repeats the value that is present.
 */
export const draws: readonly string[] = [...shuffledKeys, ...shuffledKeys.slice(1), ...shuffledKeys.slice(0, 1)];

/**
 * The operation on the key at `i`. It uses the value that it reads, as a caller would, so that the value must be
 * decoded.
 */
export const GET = "sum += map.get(keys[i]).charCodeAt(12);";
export const SET = "map.set(keys[i], keys[i ^ 1]);";
const PUT = "map.putSync(keys[i], keys[i ^ 1]);";

/** The two values of each key. Each map starts with the second one. */
const valuesOf = new Map([...filledMap().keys()].map((key) => [key, [] as string[]]));
for (const [i, key] of draws.entries()) valuesOf.get(key)?.push(draws[i ^ 1] as string);

/** A map that holds all keys. */
export interface Filled {
  readonly map: unknown;
  /** The code that sets the key at `i`. */
  readonly set: string;
  readonly read: (key: string) => string | undefined;
  /** Releases what the map holds besides memory. */
  readonly close: () => void;
}

interface Created extends Filled {
  readonly write: (key: string, value: string) => unknown;
}

interface AnyMap {
  get(key: string): string | undefined;
  set(key: string, value: string): unknown;
}

export const CONTENDER_NAMES = [
  "SharedMap",
  "sharedmap",
  "sharedmap, 95 % full",
  "lmdb",
  "lmdb, written in mapped memory",
  "Map",
  "NativeMap",
] as const;
export type ContenderName = typeof CONTENDER_NAMES[number];

const CREATE: Record<ContenderName, () => Created | Promise<Created>> = {
  "SharedMap": () => ofMap(SharedMap.create<string, string>()),
  // Room for twice as many keys, so that its chains are short.
  "sharedmap": () => sharedmap(2 * KEY_COUNT),
  // Its documentation promises the same speed up to this load.
  "sharedmap, 95 % full": () => sharedmap(Math.ceil(KEY_COUNT / 0.95)),
  "lmdb": () => lmdb({}),
  "lmdb, written in mapped memory": () => lmdb({ useWritemap: true, overlappingSync: false }),
  "Map": () => ofMap(new Map()),
  "NativeMap": () => ofMap(new NativeMap()),
};

/**
 * Returns a new map with all keys.
 *
 * @throws {Error} If this runtime cannot load its package.
 */
export async function filled(name: ContenderName): Promise<Filled> {
  const created: Created = await CREATE[name]();
  for (const [key, [, value]] of valuesOf) created.write(key, value as string);
  return created;
}

/** Returns how many keys have a value that they were never set to. */
export function wrongAnswers({ read }: Filled): number {
  let wrong = 0;
  for (const [key, values] of valuesOf) if (!values.includes(read(key) as string)) wrong++;
  return wrong;
}

function ofMap(map: AnyMap): Created {
  return {
    map,
    set: SET,
    read: (key) => map.get(key),
    write: (key, value) => map.set(key, value),
    close: () => {},
  };
}

async function sharedmap(room: number): Promise<Created> {
  const { default: Peer } = await import("sharedmap") as unknown as {
    readonly default: new (entries: number, keyLength: number, valueLength: number) => AnyMap;
  };
  // It also stores the character that ends a string.
  const length = (draws[0] as string).length + 1;
  return ofMap(new Peer(room, length, length));
}

/** The fastest options under which a write is visible when `putSync` returns. */
async function lmdb(options: { readonly useWritemap?: boolean; readonly overlappingSync?: boolean }): Promise<Created> {
  const { open } = await import("lmdb");
  const folder = mkdtempSync(join(tmpdir(), "twinmap-lmdb-"));
  const map = open<string, string>({ path: join(folder, "map"), encoding: "string", noSync: true, ...options });
  return {
    map,
    set: PUT,
    read: (key) => map.get(key),
    write: (key, value) => map.putSync(key, value),
    close: () => rmSync(folder, { recursive: true }),
  };
}
