import { NativeMap, twin } from "@twinmap/twinmap";
import { reportApp } from "@twinmap/twinmap/report";
import { SharedMap } from "@twinmap/twinmap/shared";
import { rendered, typeAndSize } from "../../src/inspection/rendering.ts";

/** As much of what happened as the test looks at. */
export interface Outcome {
  readonly stage: string;
  readonly diffs: number;
  readonly recent: readonly { readonly kind: string; readonly key: string; readonly old: string }[];
  readonly verdict: string | undefined;
  readonly policy: string | null;
  readonly statuses: readonly number[];
  readonly shared: readonly unknown[];
  readonly described: readonly string[];
}

/** Runs a twin and its report, and a shared map. The test bundles it for a browser. */
export async function run(): Promise<Outcome> {
  const newMap = new NativeMap<string, unknown>();
  const users = twin(new Map<string, unknown>([["ada", { born: 1815 }]]), newMap, { name: "users", sample: 1 });
  users.stage("dualwrite");
  await users.backfill();
  await users.sweep();
  users.stage("shadow");
  users.set("grace", { born: 1906 });
  await users.settle();
  newMap.set("grace", { born: 1907 });
  users.get("grace");
  users.get("ada");
  await users.settle();

  const app = reportApp(users, { control: { token: "correct-horse-battery-staple" } });
  const post = async (token: string) => {
    const headers = { Authorization: `Bearer ${token}` };
    return (await app.fetch(new Request("http://localhost/pause", { method: "POST", headers }))).status;
  };
  const page = await app.fetch(new Request("http://localhost/"));
  const { stage, diffs, recent } = await (await app.fetch(new Request("http://localhost/report"))).json();
  return {
    stage,
    diffs,
    recent,
    verdict: /<p class="line">[^]*?<\/p>/.exec(await page.text())?.[0],
    policy: page.headers.get("Content-Security-Policy"),
    statuses: [await post("wrong"), await post("correct-horse-battery-staple")],
    shared: shared(),
    described: described(),
  };
}

/** A browser does not tell what a Proxy is, so the traps of these are run. */
function described(): string[] {
  const { proxy: revoked, revoke } = Proxy.revocable({}, {});
  revoke();
  const endless = (): object => new Proxy({}, { getPrototypeOf: endless });
  const long = new Proxy([], { get: () => 2 ** 53, getOwnPropertyDescriptor: () => undefined });
  return [revoked, endless(), long].flatMap((value) => [typeAndSize(value), rendered([value]).slice(0, 20)]);
}

/** Text in one byte a character and in two, with what a decoder would change. */
function shared(): unknown[] {
  const map = SharedMap.create<string, unknown>({ maxBytes: 2 ** 20 });
  const texts = ["short", "\x80\x9f ÿ".repeat(9), "日本\ud800 \udc00".repeat(9), "x".repeat(10_000)];
  for (const text of texts) map.set(text, text);
  return [map.size, texts.every((text) => map.get(text) === text), map.update("short", () => 7)];
}
