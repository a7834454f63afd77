import type { Context } from "hono";
import { streamSSE } from "hono/streaming";

/** How often a listener is told what changed. */
const INTERVAL_MS = 1_000;
/** Each costs a connection. */
const MAX_LISTENERS = 100;

/** The events that a listener gets, by name: what each of them says now. */
export type Messages = ReadonlyMap<string, string>;

/**
 * Server-sent events: once a second those messages that changed. All listeners wait for the same timer and get the same
 * messages, which are made only while there are listeners. One that reads slowly is told less often: what it has not yet
 * taken is waited for, not queued.
 */
export class LiveEvents {
  readonly #render: () => Promise<Messages>;
  readonly #listeners = new Set<object>();
  #next: Promise<Messages> | undefined;

  /** @param render What there is to say now. */
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
    // A proxy that gathers an answer before it hands it on would hand on nothing.
    c.header("X-Accel-Buffering", "no");
    return streamSSE(c, async (stream) => {
      this.#listeners.add(stream);
      stream.onAbort(() => void this.#listeners.delete(stream));
      const sent = new Map<string, string>();
      // Some servers send the headers with the first piece of the body.
      await stream.write(": listening\n\n");
      try {
        while (!stream.aborted) {
          for (const [event, data] of await this.#messages()) {
            if (stream.aborted) break;
            if (sent.get(event) === data) continue;
            sent.set(event, data);
            await stream.writeSSE({ event, data });
          }
        }
      } finally {
        this.#listeners.delete(stream);
      }
    });
  }

  /** The next messages, a second from when the first listener asked for them. */
  #messages(): Promise<Messages> {
    this.#next ??= new Promise((resolve) => setTimeout(resolve, INTERVAL_MS)).then(() => {
      this.#next = undefined;
      return this.#render();
    });
    return this.#next;
  }
}
