import { assert, assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { lift, NativeMap, type Traits, twin, type TwinOptions } from "@twinmap/twinmap";

function make(options: unknown): void {
  twin(new Map(), new Map(), options as TwinOptions<unknown, unknown>);
}

/** A value that is not easily shown. */
const bare: unknown = Object.create(null);

const PRINTABLE = "not all blank, without control characters, line breaks and lone surrogates";

const WRONG: [options: unknown, kind: typeof TypeError | typeof RangeError, told: string][] = [
  [{ name: 1 }, TypeError, `name must be a string of 1 to 100 characters, ${PRINTABLE}: received 1`],
  [{ name: "" }, RangeError, `name must be a string of 1 to 100 characters, ${PRINTABLE}: received ""`],
  [{ name: "   " }, RangeError, `name must be a string of 1 to 100 characters, ${PRINTABLE}: received "   "`],
  [{ equals: async () => {} }, TypeError, "equals must be a function that is not asynchronous: received a function"],
  [{ ignore: async () => {} }, TypeError, "ignore must be a function that is not asynchronous, or be null"],
  [{ name: "x".repeat(101) }, RangeError, `name must be a string of 1 to 100 characters, ${PRINTABLE}`],
  ...["\n", "\r", "\t", "\0", "\x1b[31m", "\x7f", "\x9b", "\u2028", "\u2029", "\ud83d", "\udc6a", "\udc6a\ud83d"].map(
    (part): (typeof WRONG)[number] => [{ name: `users${part}` }, RangeError, `name must be a string of 1 to 100`],
  ),
  [{ sample: 2 }, RangeError, "sample must be a number from 0 to 1: received 2"],
  [{ sample: -0.1 }, RangeError, "sample must be a number from 0 to 1: received -0.1"],
  [{ sample: NaN }, RangeError, "sample must be a number from 0 to 1: received NaN"],
  [{ sample: "1" }, TypeError, 'sample must be a number from 0 to 1: received "1"'],
  [{ sample: bare }, TypeError, "sample must be a number from 0 to 1: received an object"],
  [{ mirror: "later" }, RangeError, 'mirror must be "inline" or "queued": received "later"'],
  [{ mirror: Symbol("later") }, TypeError, 'mirror must be "inline" or "queued": received Symbol(later)'],
  [{ equals: 1 }, TypeError, "equals must be a function that is not asynchronous: received 1"],
  [{ reveal: 1 }, TypeError, "reveal must be a boolean: received 1"],
  [
    { secret: 1 },
    TypeError,
    "secret must be a string of at least 16 characters, or a Uint8Array of at least 16 bytes: ",
  ],
  [{ secret: "do not show it" }, RangeError, "a Uint8Array of at least 16 bytes: received a string"],
  [{ secret: new Uint8Array(15) }, RangeError, "a Uint8Array of at least 16 bytes: received a Uint8Array"],
  [{ maxPending: 0 }, RangeError, "maxPending must be a whole number from 1 to 16777216: received 0"],
  [{ maxPending: 2 ** 24 + 1 }, RangeError, "maxPending must be a whole number from 1 to 16777216"],
  [{ maxPending: 1n }, TypeError, "maxPending must be a whole number from 1 to 16777216: received 1n"],
  [{ maxRecent: 1.5 }, RangeError, "maxRecent must be a whole number from 0 to 10000: received 1.5"],
  [{ maxRecent: Infinity }, RangeError, "maxRecent must be a whole number from 0 to 10000: received Infinity"],
  [{ slice: 0 }, RangeError, "slice must be a number above 0 and up to 1000: received 0"],
  [{ slice: 1_001 }, RangeError, "slice must be a number above 0 and up to 1000: received 1001"],
  [{ clock: {} }, TypeError, "clock must have the methods now, monotonicMs and schedule: received an object"],
  [{ clock: null }, TypeError, "clock must have the methods now, monotonicMs and schedule: received null"],
  [{ hotKeys: 1 }, TypeError, "hotKeys must have the method top, or be null: received 1"],
  [{ hotKeys: { top: [] } }, TypeError, "hotKeys must have the method top, or be null: received an object"],
  [{ onDiff: "no" }, TypeError, 'onDiff must be a function: received "no"'],
  [{ smaple: 1 }, TypeError, 'unknown option "smaple"; known: name, at, gate, sample, mirror'],
  [null, TypeError, "options must be an object: received null"],
  [1, TypeError, "options must be an object: received 1"],
];

describe("twin(), the options", () => {
  it("are refused at once if they are wrong, with a word on which, what is allowed and what came", () => {
    for (const [options, kind, told] of WRONG) {
      const { message } = assertThrows(() => make(options), kind, told);
      assert(message.startsWith("Cannot create a twin: "), message);
    }
  });

  it("may be at the ends of their ranges, undefined or left out", () => {
    for (const sample of [0, 1]) make({ sample });
    for (const maxPending of [1, 2 ** 24]) make({ maxPending });
    for (const maxRecent of [0, 10_000]) make({ maxRecent });
    for (const slice of [Number.MIN_VALUE, 1_000]) make({ slice });
    for (const name of ["x", "x".repeat(100), "Übersicht 顧客", "👪", "a  b"]) make({ name });
    for (const hotKeys of [null, undefined, { top: () => [] }]) make({ hotKeys });
    for (const secret of ["x".repeat(16), new Uint8Array(16)]) make({ secret });
    make({ name: undefined, sample: undefined, clock: undefined });
    make(undefined);
  });

  it("have the defaults that they say", () => {
    const { name, sample, mirror } = twin(new Map(), new Map()).report();
    assertEquals([name, sample, mirror.mode], ["map", 1, "inline"]);
  });
});

describe("twin(), the maps", () => {
  it("must be whole maps if they answer with promises, which tell when entries expire if any do", () => {
    const map = lift(new NativeMap<string, number>());
    const told = (side: string) => `Cannot create a twin: the ${side} map must be an AsyncConcurrentMap: received`;
    const part = (lacking: string) => Object.defineProperty(Object.create(map), lacking, { value: null });
    const wrong = [
      { async *[Symbol.asyncIterator]() {} },
      new ReadableStream(),
      ...["get", "set", "keys", "getMany", "traits"].map(part),
    ];
    for (const no of wrong as (typeof map)[]) {
      assertThrows(() => twin(no, map), TypeError, told("old"));
      assertThrows(() => twin(map, no), TypeError, told("new"));
      assertThrows(() => twin(new Map<string, number>(), no), TypeError, told("new"));
    }
    const forgetting = (traits: Partial<Traits>, lacking: string) =>
      Object.defineProperties(Object.create(map), {
        traits: { value: { ...map.traits, ...traits } },
        [lacking]: { value: undefined },
      }) as typeof map;
    const expiring = forgetting({ expires: "entry" }, "expiresAt");
    assertThrows(() => twin(expiring, map), TypeError, "the old map lets entries expire, so it must have the method");
    const evicting = forgetting({ evicts: true }, "peek");
    assertThrows(() => twin(map, evicting), TypeError, "the new map evicts, so it must have the methods peek and");
  });

  it("must be two", () => {
    const map = new Map();
    assertThrows(() => twin(map, map), TypeError, "old and new must be two maps: received one twice");
    const same = new NativeMap();
    assertThrows(() => twin(same, same), TypeError, "old and new must be two maps: received one twice");
  });

  it("must be maps", () => {
    const map = new Map<string, number>();
    const no = {} as Map<string, number>;
    assertThrows(() => twin(no, map), TypeError, "the old map must be a Map or a ConcurrentMap: received an object");
    assertThrows(() => twin(map, no), TypeError, "the new map must be a Map or a ConcurrentMap: received an object");
    assertThrows(() => twin(map, null as unknown as typeof map), TypeError, "the new map must be");
  });

  it("must have the methods of a map, and its traits", () => {
    const map = new Map<string, number>();
    const whole = new NativeMap<string, number>();
    for (const lacking of ["get", "has", "set", "delete", "entries", "compareAndSet", "traits"]) {
      const part = Object.defineProperty(Object.create(whole), lacking, { value: null });
      assertThrows(
        () => twin(map, part),
        TypeError,
        "the new map must be a Map or a ConcurrentMap: received a NativeMap",
      );
    }
  });
});
