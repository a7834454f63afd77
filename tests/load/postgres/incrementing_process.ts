/** Increments the counter `n` as often as its third argument says, eight calls at a time. */
import process from "node:process";
import { PostgresMap } from "../../../src/stores/postgres.ts";
import { POSTGRES_CLIENTS } from "../../servers/postgres_clients.ts";

const [url = "", client = "", times] = process.argv.slice(2);
await using opened = POSTGRES_CLIENTS[client]!(url);
const map = new PostgresMap<string, number>(opened.client, { table: "counters" });
for (let done = 0; done < Number(times); done += 8) {
  await Promise.all(Array.from({ length: 8 }, () => map.update("n", (n = 0) => n + 1)));
}
