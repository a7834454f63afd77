import type { AsyncConcurrentMap } from "@twinmap/twinmap";
import type { Session, SessionId } from "../demo/session_service.ts";

/** The store that the sessions move to, and what can go wrong with it. */
export interface NewStore {
  /** What people call it. */
  readonly name: string;
  readonly map: AsyncConcurrentMap<SessionId, Session>;
  /** From now on it takes commands, and answers none of them. */
  stop(): void;
  /** From now on an answer takes about {@link SLOW_MS}. */
  slowDown(): void;
  /** Ends what was done to it. Commands that it took meanwhile are carried out. */
  goOn(): void;
  /** Loses the connection for about {@link LOST_MS}, while writes are under way. Resolves when it is back. */
  loseConnection(): Promise<void>;
  /** Ends it, and removes its files. */
  close(): Promise<void>;
}

/** How long an answer takes while the store is slow, in milliseconds. */
export const SLOW_MS = 300;

/** For how long the answers get lost when the connection does, in milliseconds. */
export const LOST_MS = 250;

/** How long a call waits for the store, in milliseconds. */
export const TIMEOUT_MS = 2_000;
