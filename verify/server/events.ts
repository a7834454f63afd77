import type { Context } from "hono";

/** How often listeners get what changed. */
const INTERVAL_MS = 1_000;
/** The largest number of listeners: each one costs a connection. */
const MAX_LISTENERS = 100;

const encoder = new TextEncoder();

/** An event and its present data. */
export interface Message {
  readonly event: string;
  readonly data: string;
}

/**
 * Server-sent events: all messages at first, then once a second those that changed. All listeners share one timer and one
 * rendering, which happens only while somebody waits for it. A listener that reads slowly gets fewer messages: nothing is
 * queued for it.
 */
export class LiveEvents {
  readonly #render: () => Promise<readonly Message[]>;
  readonly #listeners = new Set<Listener>();
  #next: Promise<readonly Message[]> | undefined;
  #renderedMs = -Infinity;

  /** @param render Makes the present messages: always the same events in the same order. */
  constructor(render: () => Promise<readonly Message[]>) {
    this.#render = render;
  }

  /** Answers a listener until it leaves. */
  respond(c: Context): Response {
    const headers = {
      "Content-Type": "text/event-stream",
      // A proxy that buffers the answer would pass nothing on.
      "X-Accel-Buffering": "no",
      // Hono's `etag()` reads an answer that has no tag to the end, and this one never ends.
      "ETag": `"${crypto.randomUUID()}"`,
    };
    // Nobody reads an answer to HEAD, so it would keep its place forever.
    if (c.req.method === "HEAD") return c.body(null, 200, headers);
    if (this.#listeners.size >= MAX_LISTENERS) {
      return c.text(`Too many listeners: at most ${MAX_LISTENERS} at a time`, 503, { "Retry-After": "10" });
    }
    const listener = new Listener(() => this.#messages(), () => void this.#listeners.delete(listener));
    this.#listeners.add(listener);
    return c.body(new ReadableStream(listener, { highWaterMark: 0 }), 200, headers);
  }

  /** The next messages: right away if there were none in the last second. */
  #messages(): Promise<readonly Message[]> {
    const delayMs = Math.max(0, this.#renderedMs + INTERVAL_MS - performance.now());
    this.#next ??= new Promise((resolve) => setTimeout(resolve, delayMs)).then(() => {
      this.#next = undefined;
      this.#renderedMs = performance.now();
      return this.#render();
    });
    return this.#next;
  }
}

/** The source of one listener's stream. The stream asks for more only after the listener has read the last piece. */
class Listener implements UnderlyingDefaultSource<Uint8Array> {
  readonly #next: () => Promise<readonly Message[]>;
  readonly #leave: () => void;
  #sent: readonly Message[] = [];
  #isGone = false;

  constructor(next: () => Promise<readonly Message[]>, leave: () => void) {
    this.#next = next;
    this.#leave = leave;
  }

  start(controller: ReadableStreamDefaultController<Uint8Array>): void {
    // Some servers send the headers only with the first piece of the body.
    controller.enqueue(encoder.encode(": listening\n\n"));
  }

  async pull(controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> {
    try {
      let news = "";
      while (news === "" && !this.#isGone) news = await this.#news();
      if (!this.#isGone) controller.enqueue(encoder.encode(news));
    } catch (error) {
      this.cancel();
      throw error;
    }
  }

  cancel(): void {
    this.#isGone = true;
    this.#leave();
  }

  async #news(): Promise<string> {
    const sent = this.#sent;
    this.#sent = await this.#next();
    return this.#sent.filter(({ data }, place) => sent[place]?.data !== data).map(asText).join("");
  }
}

/** Each line of the data gets a field of its own. */
function asText({ event, data }: Message): string {
  return `event: ${event}\n${data.split(/\r\n|\r|\n/).map((line) => `data: ${line}\n`).join("")}\n`;
}
