import type { StoreFailure } from "../../async/async_store.ts";
import { PARTIAL_WRITE, PartialWriteError } from "../../async/partial_write.ts";
import type { WriteOutcome } from "../../store_error.ts";
import { InvalidValueError } from "../codec.ts";
import { NotConnectedError } from "./connection.ts";
import { IncompleteScanError } from "./scan.ts";

/** Refusals that pass: by the first word of the server's reply. */
const PASSING: { readonly [code: string]: string } = {
  OOM: "the server is out of memory",
  LOADING: "the server is loading its data",
  BUSY: "the server is busy with a script",
  READONLY: "the server is a replica that is read-only",
  MASTERDOWN: "the server is a replica that has lost its master",
  NOREPLICAS: "the server has too few replicas",
  MISCONF: "the server cannot save its data",
  CLUSTERDOWN: "the cluster is down",
  TRYAGAIN: "the cluster is moving the key",
  MOVED: "the cluster has moved the key",
  ASK: "the cluster is moving the key",
};

/** Refusals that stay. */
const LASTING: { readonly [code: string]: string } = {
  WRONGTYPE: "Redis has a value of another type under the key",
  NOAUTH: "the client has not logged in",
  WRONGPASS: "the server refuses the password",
  NOPERM: "the user has no permission",
  CROSSSLOT: "the keys are on several servers",
};

/** What the clients say of commands that they did not send, or that were only redirected. `redis` gives each its class. */
const UNSENT_CLASSES = new Set(["TimeoutError", "ClientOfflineError", "MaxCommandRedirectionsError"]);
/** The same, where it does not connect by itself. */
const CLOSED_CLASS = "ClientClosedError";
const UNSENT_MESSAGES = [
  /^The command was aborted$/,
  /^The queue is full$/,
  /^Stream isn't writeable and enableOfflineQueue options is false$/,
  /^Cluster isn't ready and enableOfflineQueue options is false$/,
  /^Too many Cluster redirections\. Last error: (ReplyError: )?(MOVED|ASK|TRYAGAIN|CLUSTERDOWN)/,
];

/**
 * What is known of a command that failed, by the client's error. What is not known for sure is unknown.
 *
 * @returns `undefined` for errors that are not the client's.
 */
export function failureOf(error: unknown): StoreFailure | undefined {
  // With a TypeError, the map itself refuses a key.
  if (error instanceof InvalidValueError || error instanceof TypeError) return undefined;
  if (error instanceof IncompleteScanError) {
    return refused(true, "a server was replaced or keys were moved meanwhile, so that some may have been left out");
  }
  if (error instanceof PartialWriteError) return PARTIAL_WRITE;
  if (error instanceof NotConnectedError) return error.isClosed ? CLOSED : refused(true, "the client is not connected");
  if (!(error instanceof Error)) return unknown("the client failed");
  forgetCommand(error);
  const type = error.constructor.name;
  if (type === CLOSED_CLASS) return CLOSED;
  if (isReply(error, type)) return ofReply(error.message);
  if (UNSENT_CLASSES.has(type) || UNSENT_MESSAGES.some((message) => message.test(error.message))) {
    return refused(true, "the client did not send the command");
  }
  return unknown("the client lost the connection, or the answer");
}

/** `ioredis` puts the command on its errors, with keys, values and passwords, and those of a cluster's node. */
function forgetCommand(error: Error): void {
  const ofIoredis = error as { command?: unknown; lastNodeError?: unknown };
  delete ofIoredis.command;
  delete ofIoredis.lastNodeError;
}

/** Whether the server has answered with this error. */
function isReply(error: Error, type: string): boolean {
  return error.name === "ReplyError" || ["SimpleError", "BlobError", "ErrorReply"].includes(type);
}

function ofReply(message: string): StoreFailure {
  const [code = ""] = /^[A-Z]+/.exec(message) ?? [];
  const passing = PASSING[code];
  return refused(passing !== undefined, passing ?? LASTING[code] ?? "the server refuses the command");
}

const CLOSED = refused(false, "the client is closed, or nobody has connected it: call connect() first");

function refused(retryable: boolean, reason: string): StoreFailure {
  return { outcome: "not applied", retryable, reason };
}

function unknown(reason: string): StoreFailure {
  const outcome: WriteOutcome = "unknown";
  return { outcome, retryable: false, reason };
}

/**
 * Waits for writes that were sent together, until it is known what became of each.
 *
 * @throws The first error if none of them was applied, else a `PartialWriteError`.
 */
export async function together(writes: readonly Promise<unknown>[]): Promise<void> {
  const results = await Promise.allSettled(writes);
  const errors = results.flatMap((result) => result.status === "rejected" ? [result.reason] : []);
  if (errors.length === 0) return;
  const noneApplied = errors.length === writes.length &&
    errors.every((error) => failureOf(error)?.outcome === "not applied");
  throw noneApplied ? errors[0] : new PartialWriteError("", { cause: errors[0] });
}
