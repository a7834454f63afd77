import { assertEquals, assertRejects } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { PostgresMap } from "../../src/stores/postgres.ts";
import { openMap } from "../../verify/cli/address.ts";
import { postgresIsInstalled, startPostgres } from "../servers/postgres.ts";
import { POSTGRES_CLIENTS } from "../servers/postgres_clients.ts";
import { run } from "../verify/cli/command.ts";

const LATE = "the server does not answer within 5000 ms";

/** A server that accepts connections, and never says anything. */
async function silentServer(): Promise<{ readonly port: number } & Disposable> {
  const sockets: Socket[] = [];
  const server = createServer((socket) => void sockets.push(socket.on("error", () => {}).resume()));
  await once(server.listen(0, "127.0.0.1"), "listening");
  const close = () => {
    sockets.forEach((socket) => socket.destroy());
    server.close();
  };
  return { port: (server.address() as AddressInfo).port, [Symbol.dispose]: close };
}

describe("twinmap doctor", () => {
  it("fails if something accepts the connection to a server, and never answers", async () => {
    using silent = await silentServer();
    const addresses = ["redis://:@/p", "rediss://:@/p", "postgres://ann:@/db#t"].map((
      address,
    ) => [
      address.replace("@", `secret@127.0.0.1:${silent.port}`),
      address.replace("@", `***@127.0.0.1:${silent.port}`),
    ]);
    await Promise.all(addresses.map(async ([address, shown]) => {
      const { code, error } = await run(["doctor", address!, "native"]);
      const hint = address!.startsWith("rediss:") ? ": if the server does not speak TLS, write redis://" : "";
      assertEquals([code, error], [2, `twinmap: Cannot open the map ${shown}: ${LATE}${hint}\n`]);
    }));
  });
});

describe("openMap() (needs PostgreSQL)", { ignore: !postgresIsInstalled }, () => {
  it("has a limit for every answer of a server that falls silent later, and closes the map nevertheless", async () => {
    await using server = await startPostgres();
    {
      await using opened = POSTGRES_CLIENTS.pg!(server.url);
      await new PostgresMap<string, number>(opened.client, { table: "sessions" }).set("a", 1);
    }
    {
      await using opened = await openMap(`${server.url}#sessions`);
      assertEquals(await opened.map.get("a"), 1);
      server.pause();
      await Promise.all([
        assertRejects(() => opened.server!.now(), Error, LATE),
        assertRejects(() => opened.map.get("a"), Error, "no answer within 5000 ms"),
      ]);
    }
    server.resume();
  });
});
