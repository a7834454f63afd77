/** StorageMap over memory, and unstorage itself with the same codec. */
import { devalue } from "@twinmap/twinmap/devalue";
import { StorageMap } from "@twinmap/twinmap/unstorage";
import { do_not_optimize } from "mitata";
import { createStorage } from "unstorage";
import { compare, type Contender } from "../lib/ratio.ts";
import { type Session, sessionOf } from "./session.ts";

const ENTRIES = 1_000;
const BATCH = 100;
const keys = Array.from({ length: ENTRIES }, (_, at) => `session:${at}`);

/** What is measured: reading and writing one entry. */
interface Store {
  get(key: string): Promise<unknown>;
  set(key: string, value: Session): Promise<unknown>;
}

/** Measures both over memory of their own. Returns whether the claims hold. */
export async function compareUnstorage(): Promise<boolean> {
  const ours = new StorageMap<string, Session>(createStorage());
  const theirs = bare();
  for (const store of [ours, theirs]) for (const [at, key] of keys.entries()) await store.set(key, sessionOf(at));
  const against = "unstorage over memory with the same codec";
  const held = [
    await compare({ what: "StorageMap.get", against, atMost: 1.5 }, gets(ours), gets(theirs)),
    await compare({ what: "StorageMap.set", against, atMost: 1.5 }, sets(ours), sets(theirs)),
  ];
  return held.every(Boolean);
}

/** The same without what a map promises: no time to live, no time limit, no errors of its own, and some keys are one. */
function bare(): Store {
  const storage = createStorage();
  return {
    get: async (key) => devalue.decode(await storage.getItemRaw(key) as string),
    set: (key, value) => storage.setItemRaw(key, devalue.encode(value)),
  };
}

function gets(store: Store): Contender {
  let at = 0;
  return {
    operations: BATCH,
    run: async () => {
      for (let i = 0; i < BATCH; i++) do_not_optimize(await store.get(keys[at++ % ENTRIES] as string));
    },
  };
}

function sets(store: Store): Contender {
  let at = 0;
  return {
    operations: BATCH,
    run: async () => {
      for (let i = 0; i < BATCH; i++) await store.set(keys[at++ % ENTRIES] as string, sessionOf(at));
    },
  };
}
