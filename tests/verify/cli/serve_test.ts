import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { twin } from "@twinmap/twinmap";
import { once } from "node:events";
import { get, type IncomingMessage } from "node:http";
import { InputError } from "../../../verify/cli/input_error.ts";
import { type ReportServer, serveReport } from "../../../verify/cli/serve.ts";
import { run, TRACE } from "./command.ts";

const globals = [Request, Response];

function serve(port: number, allowedHosts?: readonly string[]): Promise<ReportServer> {
  return serveReport(twin(new Map(), new Map(), { name: "served" }), port, allowedHosts);
}

/**
 * The status and the text of the answer to a request with this `Host` header, which `fetch` does not let one choose.
 */
async function askAs(host: string, address: string): Promise<[status: number | undefined, text: string]> {
  const [response]: IncomingMessage[] = await once(get(`${address}report`, { headers: { host } }), "response");
  let text = "";
  for await (const chunk of response ?? []) text += chunk;
  return [response?.statusCode, text];
}

describe("serveReport()", () => {
  it("serves the page and the report on the loopback interface, at a free port", async () => {
    const server = await serve(0);
    try {
      assertEquals(/^http:\/\/127\.0\.0\.1:\d+\/$/.test(server.address), true);
      assertStringIncludes(await (await fetch(server.address)).text(), "served");
      assertEquals((await (await fetch(`${server.address}report`)).json()).name, "served");
    } finally {
      server.close();
    }
  });

  it("changes nothing on request", async () => {
    const server = await serve(0);
    try {
      const answer = await fetch(`${server.address}stage`, { method: "POST", body: '{"stage":"dualwrite"}' });
      await answer.body?.cancel();
      assertEquals(answer.status, 404);
    } finally {
      server.close();
    }
  });

  it("answers only for loopback host names, so that no foreign web page can read the report", async () => {
    const server = await serve(0);
    const { port } = new URL(server.address);
    try {
      for (const host of ["localhost", `LOCALHOST:${port}`, "127.0.0.1", `[::1]:${port}`]) {
        assertEquals((await askAs(host, server.address))[0], 200, host);
      }
      for (const host of ["rebound.example", `rebound.example:${port}`, "localhost.example", "127.0.0.1.example"]) {
        const [status, text] = await askAs(host, server.address);
        assertEquals([status, text.includes("served")], [403, false], host);
        assertStringIncludes(text, "--allow-host");
      }
    } finally {
      server.close();
    }
  });

  it("answers for other host names that are allowed", async () => {
    const server = await serve(0, ["twins.example"]);
    try {
      const asked = ["twins.example", "Twins.Example:443", "localhost", "other.example"];
      const statuses = await Promise.all(asked.map(async (host) => (await askAs(host, server.address))[0]));
      assertEquals(statuses, [200, 200, 200, 403]);
    } finally {
      server.close();
    }
  });

  it("does not replace the runtime's own Request and Response", async () => {
    (await serve(0)).close();
    assertEquals([Request, Response], globals);
  });

  it("ends the event streams of open pages when it is closed", async () => {
    const server = await serve(0);
    const events = (await fetch(`${server.address}events`)).body?.getReader();
    await events?.read();
    server.close();
    const rest = async () => {
      while (!(await events?.read())?.done);
    };
    await rest().catch(() => {});
  });

  it("refuses a port that is taken", async () => {
    const server = await serve(0);
    try {
      const { port } = new URL(server.address);
      const { message } = await assertRejects(() => serve(Number(port)), InputError);
      assertStringIncludes(message, `Cannot serve the report at port ${port}: `);
    } finally {
      server.close();
    }
  });
});

describe("twinmap replay --serve", () => {
  it("answers for the host names that --allow-host names", async () => {
    const interrupt = new AbortController();
    const statuses: unknown[] = [];
    const ask = async (address: string) => {
      for (const host of ["twins.example", "other.example"]) statuses.push((await askAs(host, address))[0]);
      interrupt.abort();
    };
    const options = ["--serve", "0", "--allow-host", "twins.example"];
    await run(["replay", "-", "--old", "native", "--new", "native", ...options], {
      stdin: TRACE,
      signal: interrupt.signal,
      onError: (text) => {
        const address = /^The report stays at (\S+)/.exec(text)?.[1];
        if (address !== undefined) void ask(address);
      },
    });
    assertEquals(statuses, [200, 403]);
  });

  it("serves the report until it is interrupted, and then ends with the usual code", async () => {
    const interrupt = new AbortController();
    let address = "";
    const operations: unknown[] = [];
    const look = async () => {
      operations.push((await (await fetch(`${address}report`)).json()).operations);
      interrupt.abort();
    };
    const ended = await run(["replay", "-", "--old", "native", "--new", "native", "--serve", "0", "--json"], {
      stdin: TRACE,
      signal: interrupt.signal,
      onError: (text) => {
        address ||= /http:\S+/.exec(text)?.[0] ?? "";
        if (text.includes("until Ctrl-C")) void look();
      },
    });
    assertEquals(ended.code, 0);
    assertEquals(JSON.parse(ended.out).operations, operations[0]);
    assertEquals(ended.error, `The report is at ${address}\nThe report stays at ${address} until Ctrl-C\n`);
    await assertRejects(() => fetch(address));
  });

  it("ends with 2 if the port is taken", async () => {
    const server = await serve(0);
    try {
      const { port } = new URL(server.address);
      const { code, out, error } = await run(
        ["replay", "-", "--old", "native", "--new", "native", "--serve", port],
        { stdin: TRACE },
      );
      assertEquals([code, out], [2, ""]);
      assertStringIncludes(error, `twinmap: Cannot serve the report at port ${port}: `);
    } finally {
      server.close();
    }
  });
});
