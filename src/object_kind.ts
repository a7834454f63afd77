const MAX_CHARACTERS = 100;

/** What an object is, as errors call it, such as "an array" or "a Date". It never throws. */
export function objectKind(object: object): string {
  try {
    const prototype = Object.getPrototypeOf(object);
    if (prototype === null) return "an object without a prototype";
    const name: unknown = prototype.constructor?.name;
    if (typeof name !== "string" || name === "") return "an object of a nameless class";
    const noun = NOUNS.get(name) ?? name.slice(0, MAX_CHARACTERS);
    return `${/^[AEIO]/i.test(noun) ? "an" : "a"} ${noun}`;
  } catch {
    // A proxy, or a getter of `constructor`, can throw.
    return "an object";
  }
}

/** Classes that a word names. */
const NOUNS: ReadonlyMap<string, string> = new Map([["Object", "object"], ["Array", "array"]]);
