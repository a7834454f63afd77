/**
 * A process that uses a map in a file, for the tests: `sqlite_process.ts FILE increment COUNT`, `… write`, which writes until it is
 * killed, `… hold`, which stops in the middle of an update, or `… lock`, which keeps the file locked.
 */
import { SqliteMap } from "@twinmap/twinmap/sqlite";
import { writeSync } from "node:fs";
import process from "node:process";
import { DatabaseSync } from "node:sqlite";

const [file = "", task = "", count = "0"] = process.argv.slice(2);
const database = new DatabaseSync(file);
const say = (text: string) => writeSync(1, `${text}\n`);
const map = () => new SqliteMap<string, number>(database, { table: "numbers", busyTimeoutMs: 60_000 });
/** Until it is killed. */
const stop = () => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);

switch (task) {
  case "increment": {
    const numbers = map();
    for (let at = 0; at < Number(count); at++) numbers.update("count", (current = 0) => current + 1);
    say("done");
    break;
  }
  case "write": {
    const numbers = map();
    for (let at = 0;; at++) {
      numbers.set(`key ${at}`, at);
      say(`${at}`);
    }
  }
  case "hold":
    map().update("count", () => {
      say("holds");
      stop();
      return 0;
    });
    break;
  case "lock":
    database.exec("BEGIN EXCLUSIVE");
    say("locked");
    stop();
}
