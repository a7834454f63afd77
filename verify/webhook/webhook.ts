/**
 * Posts what a rollout does to an address of yours, signed as Standard Webhooks asks for.
 *
 * @module
 */

import { BOOLEAN, checkOptions, FUNCTION, type Rule, type Rules } from "../../src/options.ts";
import { type Clock, systemClock } from "../../src/clock.ts";
import type { RolloutEvent } from "../report/reported_rollout.ts";
import { recordWords } from "../report/rollout_words.ts";
import { postTo, PrivateAddressError } from "./post_to.ts";
import { Signer } from "./signer.ts";

export type { RolloutEvent };

/** Options for {@link webhook}. */
export interface WebhookOptions {
  /** Where to post to: an address with `https:`, or `http:`. */
  readonly url: string;
  /** The secret of the signature: `whsec_` and 24 to 64 random bytes in Base64. */
  readonly secret: string;
  /**
   * Whether the address may be one of this machine or of a private network.
   * @default {false}
   */
  readonly allowPrivate?: boolean;
  /** Called with an event that was given up, and why. What it throws goes no further. */
  readonly onFailure?: (event: RolloutEvent, error: unknown) => void;
  /**
   * The clock and the timers. Tests pass their own.
   * @default {systemClock}
   */
  readonly clock?: Clock;
}

/** How long it waits before each further attempt, in milliseconds. */
const RETRY_MS = [5_000, 60_000, 600_000, 3_600_000] as const;

/** So many events wait at most. One that does not fit is given up. */
const MAX_WAITING = 1_000;

const ACTION = "create a webhook";

const HTTP_ADDRESS: Rule = {
  must: "be an address with https: or http:, without a name and a password",
  isOfType: (value) => typeof value === "string",
  isInRange: (value: string) => {
    const url = URL.parse(value);
    return url !== null && /^https?:$/.test(url.protocol) && url.username === "" && url.password === "";
  },
};

const SECRET: Rule = {
  must: "be whsec_ and 24 to 64 bytes in Base64",
  isOfType: (value) => typeof value === "string",
  isInRange: (value: string) => /^whsec_[A-Za-z0-9+/]+={0,2}$/.test(value) && isLong(bytesOf(value).length),
  isSecret: true,
};

const RULES: Rules<WebhookOptions> = {
  url: HTTP_ADDRESS,
  secret: SECRET,
  allowPrivate: BOOLEAN,
  onFailure: FUNCTION,
  clock: { must: "be a clock", isOfType: (value) => typeof value === "object" && value !== null },
};

/**
 * Makes a function for the option `onEvent` of `rollout`, which posts each event to `url`.
 *
 * The body is JSON: `type` (such as `rollout.move`), `timestamp`, `data` (the event), and `text`, a sentence that Slack shows. The
 * headers `webhook-id`, `webhook-timestamp` and `webhook-signature` are those of Standard Webhooks 1.0: HMAC-SHA-256 of
 * `id.timestamp.body`. An answer that is not 2xx, or none within 15 seconds, is followed by four more attempts, after 5 seconds, 1
 * minute, 10 minutes and 1 hour, with the same id. Redirects are not followed. At most 1,000 events wait. What waits keeps no
 * process alive.
 *
 * @param options See {@link WebhookOptions}.
 * @returns A function that posts an event, and returns at once.
 * @throws {TypeError} If an option is missing, unknown or of the wrong type.
 * @throws {RangeError} If the address or the secret cannot be used.
 *
 * @example
 * ```ts
 * import { rollout, twin } from "@twinmap/twinmap";
 * import { webhook } from "@twinmap/twinmap/webhook";
 *
 * const users = twin(new Map<string, number>(), new Map<string, number>(), { name: "users" });
 * const onEvent = webhook({ url: "https://example.com/hooks", secret: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw" });
 * const change = rollout(users, { onEvent });
 * change.close();
 * ```
 */
export function webhook(options: WebhookOptions): (event: RolloutEvent) => void {
  const defaults = { allowPrivate: false, onFailure: () => {}, clock: systemClock };
  const { url, secret, allowPrivate, onFailure, clock } = checkOptions(ACTION, options, RULES, defaults);
  if (url === undefined || secret === undefined) {
    throw new TypeError(`Cannot ${ACTION}: ${url === undefined ? "url" : "secret"} is missing`);
  }
  const signer = new Signer(bytesOf(secret));
  let waiting = 0;

  const attempt = async (id: string, body: string): Promise<void> => {
    const headers = await signer.headers(id, clock.now(), body);
    await postTo(new URL(url), { ...headers, "content-type": "application/json" }, body, allowPrivate);
  };

  const deliver = async (event: RolloutEvent): Promise<void> => {
    const id = `msg_${crypto.randomUUID()}`;
    const body = JSON.stringify(payloadOf(event));
    for (const delayMs of RETRY_MS) {
      try {
        return await attempt(id, body);
      } catch (error) {
        if (error instanceof PrivateAddressError) throw error;
        await new Promise<void>((resolve) => void clock.schedule(resolve, delayMs, { unref: true }));
      }
    }
    await attempt(id, body);
  };

  const giveUp = (event: RolloutEvent, error: unknown): void => {
    try {
      onFailure(event, error);
    } catch {
      // The function is the owner's.
    }
  };

  return (event) => {
    if (waiting === MAX_WAITING) {
      return giveUp(event, new Error(`Cannot post an event: ${MAX_WAITING} wait already`));
    }
    waiting++;
    deliver(event).catch((error) => giveUp(event, error)).finally(() => waiting--);
  };
}

function payloadOf(event: RolloutEvent): Record<string, unknown> {
  const { twin, at, kind } = event;
  return { type: `rollout.${kind}`, timestamp: at, data: event, text: `${twin}: ${recordWords(event)}` };
}

function bytesOf(secret: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(secret.replace("whsec_", "")), (character) => character.charCodeAt(0));
}

function isLong(bytes: number): boolean {
  return bytes >= 24 && bytes <= 64;
}
