/** SqliteMap, and the statements that somebody would write by hand. */
import { devalue } from "@twinmap/twinmap/devalue";
import { SqliteMap } from "@twinmap/twinmap/sqlite";
import { do_not_optimize } from "mitata";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { compare, type Contender } from "../lib/ratio.ts";
import { type Session, sessionOf } from "./session.ts";

const ENTRIES = 10_000;
const BATCH = 100;
const keys = Array.from({ length: ENTRIES }, (_, at) => `session:${at}`);

/** What is measured: reading and writing one entry. */
interface Store {
  get(key: string): unknown;
  set(key: string, value: Session): unknown;
}

/** Measures both over files of their own, in WAL mode. Returns whether the claims hold. */
export async function compareSqlite(): Promise<boolean> {
  const folder = mkdtempSync(join(tmpdir(), "twinmap-bench-"));
  const open = (name: string) => {
    const database = new DatabaseSync(join(folder, name));
    database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL");
    return database;
  };
  const databases = [open("ours.db"), open("theirs.db")] as const;
  try {
    const ours = new SqliteMap<string, Session>(databases[0], { table: "sessions" });
    const theirs = bare(databases[1]);
    for (const store of [ours, theirs]) keys.forEach((key, at) => store.set(key, sessionOf(at)));
    const against = "the bare prepared statement with the same codec";
    const held = [
      await compare({ what: "SqliteMap.get", against, atMost: 1.3 }, gets(ours), gets(theirs)),
      await compare({ what: "SqliteMap.set", against, atMost: 1.3 }, sets(ours), sets(theirs)),
    ];
    return held.every(Boolean);
  } finally {
    for (const database of databases) database.close();
    rmSync(folder, { recursive: true });
  }
}

/** The same table without what a map promises: text as keys, no time to live, no errors of its own. */
function bare(database: DatabaseSync): Store {
  database.exec("CREATE TABLE sessions (key TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID");
  const read = database.prepare("SELECT value FROM sessions WHERE key = ?");
  const write = database.prepare(
    "INSERT INTO sessions (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
  );
  return {
    get: (key) => devalue.decode((read.get(key) as { value: string }).value),
    set: (key, value) => write.run(key, devalue.encode(value) as string),
  };
}

function gets(store: Store): Contender {
  let at = 0;
  return {
    operations: BATCH,
    run: () => {
      for (let i = 0; i < BATCH; i++) do_not_optimize(store.get(keys[at++ % ENTRIES] as string));
      return Promise.resolve();
    },
  };
}

/** Each value differs from the one before: to write the same bytes again takes a fraction of the time. */
function sets(store: Store): Contender {
  let at = 0;
  return {
    operations: BATCH,
    run: () => {
      for (let i = 0; i < BATCH; i++) store.set(keys[at++ % ENTRIES] as string, sessionOf(at));
      return Promise.resolve();
    },
  };
}
