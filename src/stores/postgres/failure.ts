import type { StoreFailure } from "../../async/async_store.ts";
import { StoreError } from "../../store_error.ts";
import { InvalidValueError } from "../codec.ts";
import { NotConnectedError } from "./client.ts";

/** What is known of a statement that failed, by the SQLSTATE of the server. */
interface Meaning {
  readonly reason: string;
  /** Whether it may succeed later. Default: no. */
  readonly retryable?: boolean;
}

/** SQLSTATEs, and classes of them, by which the server says that the statement was not carried out. Longer ones count first. */
const REFUSALS: { readonly [state: string]: Meaning } = {
  "22": { reason: "the server does not take the values" },
  "23": { reason: "it would violate a constraint of the table" },
  "25006": { reason: "the server, or the session, is read-only", retryable: true },
  "25P02": { reason: "the client is in a transaction that has failed" },
  "28": { reason: "the server refuses the user or the password" },
  "3D": { reason: "there is no such database" },
  "3F": { reason: "there is no such schema" },
  "40": { reason: "it was in conflict with another transaction", retryable: true },
  "42": { reason: "the server refuses the statement" },
  "42501": { reason: "the user has no permission" },
  "42P01": { reason: "the table is gone" },
  "53": { reason: "the server lacks disk space, memory or connections", retryable: true },
  "55P03": { reason: "another transaction keeps the entry locked", retryable: true },
  "57014": { reason: "the server cancelled it, as by statement_timeout", retryable: true },
  "57P03": { reason: "the server is starting or stopping", retryable: true },
};

/** SQLSTATEs in these classes that say nothing of the outcome. */
const UNKNOWN_STATES = new Set(["40003"]);

/** What the clients say if they cannot connect, by their `code`: nothing was sent then. */
const UNSENT = new Set(["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "CONNECT_TIMEOUT"]);
/** The same if it was the connecting that failed; a connection that stands may fail so, too. */
const UNSENT_AT_CONNECT = new Set(["ETIMEDOUT", "EHOSTUNREACH", "ENETUNREACH"]);
/** The same, of `pg`. */
const UNSENT_MESSAGE = /^timeout exceeded when trying to connect$/;
/** What `postgres` says, by its `code`, once its `end` was called. */
const ENDED = "CONNECTION_ENDED";
/** The same, of `pg`, and of a `Client` that has lost its connection: it never connects again. */
const ENDED_MESSAGES = [/^Cannot use a pool after calling end/, /^Client .* is not queryable$/];

/** Whether an error is one of the server, with this SQLSTATE. */
export function isServerError(error: unknown, state: string): boolean {
  return stateOf(error) === state;
}

/** The error of a map that cannot open its table. Nothing was written. */
export function refusal(reason: string, cause?: unknown): StoreError {
  return new StoreError(reason, {
    store: "PostgresMap",
    operation: "open",
    outcome: "not applied",
    retryable: false,
    cause,
  });
}

/**
 * What is known of a statement that failed, by the client's error. What is not known for sure is unknown.
 *
 * @returns `undefined` for errors that are not the client's.
 */
export function failureOf(error: unknown): StoreFailure | undefined {
  if (error instanceof InvalidValueError) return undefined;
  const state = stateOf(error);
  if (state !== undefined) return ofState(state);
  if (error instanceof NotConnectedError) return unsent(false, "the client is not connected: call connect() first");
  if (hasEnded((error ?? {}) as ClientError)) {
    return unsent(false, "the client has ended, or lost its connection for good");
  }
  if (isUnsent((error ?? {}) as ClientError)) return unsent(true, "the server cannot be reached");
  return { outcome: "unknown", retryable: false, reason: "the connection failed" };
}

/** What an error of a client, or of its socket, may have. */
interface ClientError {
  readonly code?: unknown;
  readonly syscall?: unknown;
  readonly message?: unknown;
}

function isUnsent({ code, syscall, message }: ClientError): boolean {
  return UNSENT.has(String(code)) || syscall === "connect" && UNSENT_AT_CONNECT.has(String(code)) ||
    UNSENT_MESSAGE.test(String(message));
}

function hasEnded({ code, message }: ClientError): boolean {
  return code === ENDED || ENDED_MESSAGES.some((ended) => ended.test(String(message)));
}

function unsent(retryable: boolean, reason: string): StoreFailure {
  return { outcome: "not applied", retryable, reason };
}

function ofState(state: string): StoreFailure {
  const meaning = REFUSALS[state] ?? REFUSALS[state.slice(0, 2)];
  if (meaning === undefined || UNKNOWN_STATES.has(state)) {
    return { outcome: "unknown", retryable: false, reason: `the server failed with SQLSTATE ${state}` };
  }
  return { outcome: "not applied", retryable: meaning.retryable ?? false, reason: meaning.reason };
}

/** The SQLSTATE of an error of the server. An error of the socket has a `code` as well, but no severity. */
function stateOf(error: unknown): string | undefined {
  const { code, severity } = (error ?? {}) as { code?: unknown; severity?: unknown };
  return severity !== undefined && /^[0-9A-Z]{5}$/.test(String(code)) ? String(code) : undefined;
}
