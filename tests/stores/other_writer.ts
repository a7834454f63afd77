/** A process that writes past every twin: `other_writer.ts FILE KEY VALUE TABLE…` sets the key in each of the tables. */
import { SqliteMap } from "@twinmap/twinmap/sqlite";
import process from "node:process";
import { DatabaseSync } from "node:sqlite";

const [file = "", key = "", value = "", ...tables] = process.argv.slice(2);
const database = new DatabaseSync(file);
for (const table of tables) {
  new SqliteMap<string, string>(database, { table, busyTimeoutMs: 60_000 }).set(key, value);
}
