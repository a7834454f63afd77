import { rendered } from "../../src/inspection/rendering.ts";
import type { Model, Operation } from "./model.ts";

/** An operation, and its place among those of its part. */
export interface Entry {
  readonly operation: Operation;
  /** The place of its call among the events. */
  readonly call: number;
  /** The place of its return among the events; `Infinity` if it never returned. */
  readonly return: number;
  /** Its place among the entries of its part. */
  readonly order: number;
  /** The number of a bit that no other entry has that is open at the same time. */
  readonly bit: number;
  /** The same number for operations of the same name and arguments. */
  readonly effect: number;
  /** Whether it leaves every state unchanged in which it has its result. */
  readonly isRead: boolean;
  /** The client's previous entry, if their times alone would let the two overlap. */
  readonly previous: Entry | undefined;
}

/** The operations of one part, and their calls and returns in the order of time; at equal times calls come first. */
export interface Part {
  readonly key: unknown;
  /** In the order of their calls. */
  readonly entries: readonly Entry[];
  /** For each event, the entry that is called or returns there. */
  readonly events: readonly Entry[];
  /** The number of bits of the entries that return; the bits of the others come after them. */
  readonly returningBits: number;
  /** The number of all bits. */
  readonly bits: number;
}

/**
 * The parts of a history.
 *
 * @throws {TypeError} If the history is not an iterable of operations.
 * @throws {RangeError} If a time is not finite, a return is before its call, a client calls before its last call
 * returned, or the model has no such operation.
 */
export function partsOf<State>(history: Iterable<Operation>, model: Model<State>): Part[] {
  if (typeof history !== "object" || history === null || !(Symbol.iterator in history)) {
    refuse(TypeError, "the history must be an iterable of operations", history);
  }
  const operations = [...history];
  operations.forEach((operation, at) => checkOperation(operation, at, model));
  // The sort is stable: operations of equal times stay in the order of the history.
  operations.sort((a, b) => a.calledAt - b.calledAt || returnTime(a) - returnTime(b) || 0);
  checkClients(operations);
  const byKey = new Map<unknown, Operation[]>();
  for (const operation of operations) {
    const key = model.partition?.(operation.args, operation.name);
    const ofKey = byKey.get(key);
    if (ofKey === undefined) byKey.set(key, [operation]);
    else ofKey.push(operation);
  }
  return [...byKey].map(([key, ofKey]) => partOf(key, ofKey, model));
}

function partOf<State>(key: unknown, operations: readonly Operation[], model: Model<State>): Part {
  const effects = new Effects();
  const lastOfClient = new Map<Operation["client"], Entry>();
  const free: number[] = [];
  let bits = 0;
  const entries: Writable<Entry>[] = [];
  const events: Entry[] = [];
  for (const { operation, isReturn, order } of eventsOf(operations)) {
    const at = events.length;
    const entry = isReturn ? entries[order] as Writable<Entry> : {
      operation,
      call: at,
      return: Infinity,
      order,
      bit: operation.returnedAt === undefined ? NaN : free.pop() ?? bits++,
      effect: effects.numberOf(operation),
      isRead: model.isRead?.(operation) ?? false,
      previous: openOnly(lastOfClient.get(operation.client)),
    };
    events.push(entry);
    if (isReturn) {
      entry.return = at;
      free.push(entry.bit);
    } else {
      entries[order] = entry;
      lastOfClient.set(operation.client, entry);
    }
  }
  const returningBits = bits;
  for (const entry of entries) if (entry.return === Infinity) entry.bit = bits++;
  return { key, entries, events, returningBits, bits };
}

type Writable<T> = { -readonly [Name in keyof T]: T[Name] };

function openOnly(entry: Entry | undefined): Entry | undefined {
  return entry?.return === Infinity ? entry : undefined;
}

function eventsOf(operations: readonly Operation[]) {
  return operations.flatMap((operation, order) => {
    const call = { operation, order, time: operation.calledAt, isReturn: false };
    return operation.returnedAt === undefined
      ? [call]
      : [call, { operation, order, time: operation.returnedAt, isReturn: true }];
  }).sort((a, b) => a.time - b.time || Number(a.isReturn) - Number(b.isReturn) || a.order - b.order);
}

/** Numbers the pairs of a name and arguments. */
class Effects {
  readonly #root: Branch = new Map();
  #count = 0;

  numberOf({ name, args }: Operation): number {
    let branch = this.#root;
    for (const step of [args.length, name, ...args]) {
      // A Map does not distinguish -0 from 0, but calls with them differ.
      const key = Object.is(step, -0) ? MINUS_ZERO : step;
      const next: Branch = branch.get(key) as Branch | undefined ?? new Map();
      branch.set(key, next);
      branch = next;
    }
    const number = branch.get(NUMBER) as number | undefined ?? this.#count++;
    branch.set(NUMBER, number);
    return number;
  }
}

type Branch = Map<unknown, unknown>;

const NUMBER = Symbol("number");

/** Stands for -0 as a key of a `Map`, which does not distinguish it from 0. */
export const MINUS_ZERO: unique symbol = Symbol("-0");

function returnTime({ returnedAt = Infinity }: Operation): number {
  return returnedAt;
}

function checkOperation<State>(operation: Operation, at: number, model: Model<State>): void {
  if (typeof operation !== "object" || operation === null) {
    refuse(TypeError, `operation ${at} must be an object`, operation);
  }
  const { client, name, args, calledAt, returnedAt } = operation;
  const must = (what: string) => `operation ${at} must have ${what}`;
  if (typeof client !== "string" && typeof client !== "number") {
    refuse(TypeError, must("a string or a number for a client"), client);
  }
  if (typeof name !== "string") refuse(TypeError, must("a string for a name"), name);
  if (!Object.hasOwn(model.operations, name)) {
    refuse(RangeError, must(`one of these names: ${Object.keys(model.operations).join(", ")}`), name);
  }
  if (!Array.isArray(args)) refuse(TypeError, must("an array of args"), args);
  if (typeof calledAt !== "number") refuse(TypeError, must("a number for calledAt"), calledAt);
  if (!Number.isFinite(calledAt)) refuse(RangeError, must("a finite calledAt"), calledAt);
  if (returnedAt === undefined) return;
  if (typeof returnedAt !== "number") refuse(TypeError, must("a number for returnedAt, or none"), returnedAt);
  if (!Number.isFinite(returnedAt)) refuse(RangeError, must("a finite returnedAt, or none"), returnedAt);
  if (returnedAt < calledAt) refuse(RangeError, must(`a returnedAt from calledAt up, ${calledAt}`), returnedAt);
}

/** Throws if a client called before its last call returned. The operations are in the order of time. */
function checkClients(operations: readonly Operation[]): void {
  const returned = new Map<Operation["client"], number>();
  for (const operation of operations) {
    const { client, calledAt } = operation;
    if (calledAt < (returned.get(client) ?? -Infinity)) {
      const last = returned.get(client) === Infinity ? "never returned" : `returned at ${returned.get(client)}`;
      refuse(RangeError, `client ${rendered(client)} must not call before its last call, which ${last}`, calledAt);
    }
    returned.set(client, returnTime(operation));
  }
}

/** Throws an error that says what must hold, and what was received. */
export function refuse(kind: typeof TypeError | typeof RangeError, must: string, received: unknown): never {
  throw new kind(`Cannot check a history: ${must}: received ${rendered(received)}`);
}
