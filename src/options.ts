import { quoted, received } from "./received.ts";

/** What an option may be. */
export interface Rule {
  /** What the error says after "must", such as "be a boolean". */
  readonly must: string;
  /** Whether a value is of the right type. */
  readonly isOfType: (value: unknown) => boolean;
  /** Whether a value of the right type is in range; without it, every one is. */
  readonly isInRange?: (value: never) => boolean;
  /** Whether an error must not show the value, but its type alone. */
  readonly isSecret?: boolean;
}

/** A rule for each option. */
export type Rules<Options> = { readonly [name in keyof Required<Options>]: Rule };

/** The options after the check: those that have a default are present. */
export type Checked<Options, Defaults> = Options & Required<Pick<Options, keyof Defaults & keyof Options>>;

/**
 * Checks options and fills in their defaults. An option that is `undefined` counts as absent.
 *
 * @param action What fails if an option is refused, such as "create ShardedMap".
 * @param options What the caller gave.
 * @param rules The rule of each option; there are no others.
 * @param defaults The values of absent options.
 * @param parent The option that holds these, if they are nested.
 * @returns The options, each of which was read once.
 * @throws {TypeError} If `options` is not an object, or an option is unknown or of the wrong type.
 * @throws {RangeError} If an option is out of its range.
 */
export function checkOptions<Options extends object, Defaults extends Partial<Options>>(
  action: string,
  options: Options | undefined,
  rules: Rules<Options>,
  defaults: Defaults,
  parent?: string,
): Checked<Options, Defaults> {
  const checked: Record<string, unknown> = { ...defaults };
  const prefix = parent === undefined ? "" : `${parent}.`;
  for (const [name, value] of ownEntries(action, parent ?? "options", options)) {
    if (!Object.hasOwn(rules, name)) {
      throw unknownOption(action, prefix + name, Object.keys(rules).map((name) => prefix + name));
    }
    if (value === undefined) continue;
    checkOption(action, prefix + name, value, rules[name as keyof Options]);
    checked[name] = value;
  }
  return checked as Checked<Options, Defaults>;
}

/** Allows whole numbers from `min` to `max`. */
export function wholeNumber(min: number, max: number): Rule {
  return {
    must: `be a whole number from ${min} to ${max}`,
    isOfType: isNumber,
    isInRange: (value: number) => Number.isInteger(value) && value >= min && value <= max,
  };
}

/** Allows powers of two from `min` to `max`, which is at most 2^30. */
export function powerOfTwo(min: number, max: number): Rule {
  return {
    must: `be a power of two from ${min} to ${max}`,
    isOfType: isNumber,
    isInRange: (value: number) =>
      Number.isInteger(value) && value >= min && value <= max && (value & (value - 1)) === 0,
  };
}

/** Allows numbers from `min` to `max`. */
export function numberFrom(min: number, max: number): Rule {
  return {
    must: `be a number from ${min} to ${max}`,
    isOfType: isNumber,
    isInRange: (value: number) => value >= min && value <= max,
  };
}

/** Allows numbers above `min` and up to `max`. */
export function numberAbove(min: number, max: number): Rule {
  return {
    must: `be a number above ${min} and up to ${max}`,
    isOfType: isNumber,
    isInRange: (value: number) => value > min && value <= max,
  };
}

/** A control character, a line break or a lone surrogate: none can stand in an address, a header and a terminal alike. */
const UNPRINTABLE = /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}]/u;

/** Allows strings of `min` to `max` characters, not all of them blank, that can be shown, and sent, as they are. */
export function text(min: number, max: number): Rule {
  return {
    must:
      `be a string of ${min} to ${max} characters, not all blank, without control characters, line breaks and lone surrogates`,
    isOfType: isString,
    isInRange: (value: string) =>
      value.length >= min && value.length <= max && !UNPRINTABLE.test(value) && (min === 0 || value.trim() !== ""),
  };
}

/** Allows these strings. */
export function oneOf(...allowed: string[]): Rule {
  return {
    must: `be ${allowed.map((value) => JSON.stringify(value)).join(" or ")}`,
    isOfType: isString,
    isInRange: (value: string) => allowed.includes(value),
  };
}

/** Allows `true` and `false`. */
export const BOOLEAN: Rule = { must: "be a boolean", isOfType: (value) => typeof value === "boolean" };

/** Allows functions. */
export const FUNCTION: Rule = { must: "be a function", isOfType: (value) => typeof value === "function" };

/** Allows functions that answer at once. */
export const SYNC_FUNCTION: Rule = {
  must: "be a function that is not asynchronous",
  isOfType: (value) => typeof value === "function" && !/^\[object Async/.test(Object.prototype.toString.call(value)),
};

/** Allows objects. */
export const OBJECT: Rule = { must: "be an object", isOfType: (value) => typeof value === "object" && value !== null };

/** Allows objects with these methods. */
export function withMethods(...names: string[]): Rule {
  const last = names.at(-1);
  const listed = names.length === 1 ? `method ${last}` : `methods ${names.slice(0, -1).join(", ")} and ${last}`;
  return { must: `have the ${listed}`, isOfType: (value) => names.every((name) => hasMethod(value, name)) };
}

/** Allows `null`, too. */
export function orNull({ must, isOfType, isInRange }: Rule): Rule {
  return {
    must: `${must}, or be null`,
    isOfType: (value) => value === null || isOfType(value),
    isInRange: (value: never) => value === null || isInRange?.(value) !== false,
  };
}

/**
 * Checks the names of the options of a call. It costs nothing where there are none.
 *
 * @param known The options that there are.
 * @throws {TypeError} If one is unknown.
 */
export function checkOptionNames(action: string, options: object, known: readonly string[]): void {
  for (const name in options) {
    if (!known.includes(name)) throw unknownOption(action, name, known);
  }
}

/**
 * Checks one option, or one argument.
 *
 * @throws {TypeError} If it is of the wrong type.
 * @throws {RangeError} If it is out of its range.
 */
export function checkOption(action: string, name: string, value: unknown, rule: Rule): void {
  const { must, isOfType, isInRange, isSecret = false } = rule;
  const shown = () => isSecret ? `received ${typeof value}` : received(value);
  const message = () => `Cannot ${action}: ${name} must ${must}: ${shown()}`;
  if (!isOfType(value)) throw new TypeError(message());
  if (isInRange?.(value as never) === false) throw new RangeError(message());
}

function unknownOption(action: string, name: string, known: readonly string[]): TypeError {
  return new TypeError(`Cannot ${action}: unknown option ${quoted(name)}; known: ${known.join(", ")}`);
}

function ownEntries(action: string, what: string, options: unknown): [string, unknown][] {
  if (options === undefined) return [];
  if (typeof options !== "object" || options === null) {
    throw new TypeError(`Cannot ${action}: ${what} must be an object: ${received(options)}`);
  }
  if (hasMethod(options, Symbol.iterator)) {
    throw new TypeError(`Cannot ${action}: ${what} must be an object that is not iterable: ${received(options)}`);
  }
  try {
    return Object.entries(options);
  } catch (cause) {
    throw new TypeError(`Cannot ${action}: ${what} cannot be read`, { cause });
  }
}

function isNumber(value: unknown): boolean {
  return typeof value === "number";
}

function isString(value: unknown): boolean {
  return typeof value === "string";
}

/** Whether a value has a method of that name. One that cannot be read, such as a revoked proxy, has none. */
export function hasMethod(value: unknown, name: PropertyKey): boolean {
  try {
    return typeof (value as Record<PropertyKey, unknown> | null | undefined)?.[name] === "function";
  } catch {
    return false;
  }
}
