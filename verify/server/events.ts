import type { Context } from "hono";
import { streamSSE } from "hono/streaming";

/** How often a listener is told what changed. */
const INTERVAL_MS = 1_000;
/** Each costs a rendered page a second and a connection. */
const MAX_LISTENERS = 100;

/** The events that a listener gets, by name: what each of them says now. */
export type Messages = ReadonlyMap<string, string>;

/** Server-sent events: once a second those messages that changed, and a comment as a heartbeat if none did. */
export class LiveEvents {
  readonly #render: () => Promise<Messages>;
  readonly #listeners = new Set<object>();
  #rendered: Promise<Messages> | undefined;
  #renderedAtMs = -Infinity;

  /** @param render What there is to say now; called about once a second, however many listen. */
  constructor(render: () => Promise<Messages>) {
    this.#render = render;
  }

  /** Answers a listener until it goes. */
  respond(c: Context): Response {
    // What answers HEAD is never read, so it would hold its place for ever.
    if (c.req.method === "HEAD") return c.body(null, 200, { "Content-Type": "text/event-stream" });
    if (this.#listeners.size >= MAX_LISTENERS) {
      return c.text(`Too many listeners: at most ${MAX_LISTENERS} at a time`, 503, { "Retry-After": "10" });
    }
    return streamSSE(c, async (stream) => {
      this.#listeners.add(stream);
      stream.onAbort(() => void this.#listeners.delete(stream));
      try {
        const sent = new Map<string, string>();
        while (!stream.aborted) {
          let changed = false;
          for (const [event, data] of await this.#current()) {
            if (sent.get(event) === data) continue;
            sent.set(event, data);
            changed = true;
            await stream.writeSSE({ event, data });
          }
          if (!changed) await stream.write(": nothing changed\n\n");
          await stream.sleep(INTERVAL_MS);
        }
      } finally {
        this.#listeners.delete(stream);
      }
    });
  }

  #current(): Promise<Messages> {
    const now = performance.now();
    if (this.#rendered === undefined || now - this.#renderedAtMs >= INTERVAL_MS / 2) {
      this.#rendered = this.#render();
      this.#renderedAtMs = now;
    }
    return this.#rendered;
  }
}
