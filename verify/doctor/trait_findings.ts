import type { Traits } from "../../src/concurrent_map.ts";
import type { ExaminedMap } from "./examined_map.ts";
import { type Finding, finding } from "./finding.ts";

/** A difference of traits that matters. */
interface Rule {
  readonly level: Finding["level"];
  readonly isBroken: (old: Traits, next: Traits) => boolean;
  readonly text: (old: Traits, next: Traits) => string;
  readonly advice: string;
}

/** From the narrowest to the widest: who uses a map, and to whom its methods are one step. */
const SCOPES: readonly string[] = ["thread", "process", "store"];
const ATOMIC: readonly string[] = ["none", "process", "store"];

const MAX_PRECISION_MS = 1_000;

const RULES: readonly Rule[] = [
  {
    level: "problem",
    isBroken: (old, next) => SCOPES.indexOf(next.scope) < SCOPES.indexOf(old.scope),
    text: (old, next) => `The old map is shared by ${shared(old)}, the new one only by ${shared(next)}.`,
    advice: "Choose a new map that is shared as widely: else each would have entries that the others do not see.",
  },
  {
    level: "note",
    isBroken: (old, next) => SCOPES.indexOf(next.scope) > SCOPES.indexOf(old.scope),
    text: (old, next) => `The new map is shared by ${shared(next)}, the old one only by ${shared(old)}.`,
    advice:
      "Make sure that two instances never use one key for different things. Each instance fills in its own keys, " +
      "a backfill deletes nothing, and clear() removes the entries of all.",
  },
  {
    level: "problem",
    isBroken: (old, next) => ATOMIC.indexOf(next.atomic) < ATOMIC.indexOf(old.atomic) && next.scope !== "thread",
    text: (_old, next) =>
      next.atomic === "none"
        ? "Methods of the new map such as update() are not one step: two callers can overwrite each other."
        : "Methods of the new map such as update() are one step only within one process: two processes can overwrite each other.",
    advice: "Let only one process write to the new map, or choose a map whose trait atomic is store.",
  },
  {
    level: "problem",
    isBroken: (old, next) => next.evicts && !old.evicts,
    text: () => "The new map evicts entries to make room; the old one keeps them.",
    advice: "Use the new map only for entries that can be made again, or make it large enough that it never evicts.",
  },
  {
    level: "note",
    isBroken: (old, next) => old.evicts && !next.evicts,
    text: () => "The old map evicts entries to make room; the new one keeps them all.",
    advice: "Give the new map a time to live, or watch its size: nothing else removes what is not used any more.",
  },
  {
    level: "problem",
    isBroken: (old, next) => old.expires !== "never" && next.expires === "never",
    text: () => "Entries of the old map expire; those of the new one never do.",
    advice: "Create the new map with a ttlMs, or choose one whose entries expire.",
  },
  {
    level: "problem",
    isBroken: (old, next) => old.expires === "entry" && next.expires === "map",
    text: () => "Each entry of the old map has a time to live of its own; those of the new one all have the same.",
    advice: "Choose a new map whose trait expires is entry, unless all entries are set with the same time.",
  },
  {
    level: "problem",
    isBroken: (old, next) => old.expires === "never" && next.expires === "map",
    text: () => "Entries of the new map expire; those of the old one never do.",
    advice: "Create the new map without a time to live, unless its entries may go.",
  },
  {
    level: "note",
    isBroken: (old, next) => old.expires === "never" && next.expires === "entry",
    text: () => "Entries of the new map can expire; those of the old one never do.",
    advice: "Create the new map without a ttlMs, unless its entries may go.",
  },
  {
    level: "note",
    isBroken: (old, next) =>
      next.expires !== "never" && next.expiryPrecisionMs > Math.max(MAX_PRECISION_MS, old.expiryPrecisionMs),
    text: (_old, next) => `An entry of the new map may outlive its time by ${number(next.expiryPrecisionMs)} ms.`,
    advice: "Do not rely on shorter times, such as those of locks.",
  },
  {
    level: "note",
    isBroken: (old, next) => old.order === "insertion" && next.order === "none",
    text: () => "The old map iterates in the order of insertion, the new one in no order.",
    advice:
      "Sort where the order matters, for instance in a list that people see, or where the first entry is the oldest.",
  },
  {
    level: "note",
    isBroken: (old, next) => old.iteration !== "weak" && next.iteration === "weak",
    text: (old) =>
      `An iteration of the old map ${
        old.iteration === "live" ? "sees all that is added meanwhile" : "sees the entries as they were when it began"
      }; one of the new map may or may not see what is written meanwhile.`,
    advice: "Check the loops that write to the map they iterate over.",
  },
  {
    level: "note",
    isBroken: (old, next) => old.snapshot !== "none" && next.snapshot === "none",
    text: () => "The new map has no snapshots.",
    advice: "Replace snapshot() by iteration, which may see writes that happen meanwhile.",
  },
  {
    level: "note",
    isBroken: (old, next) => old.values === "reference" && next.values === "copy",
    text: () => "get() of the old map returns the object that was set; that of the new one returns a copy.",
    advice: "Set a value again after changing it in place, and do not compare values by ===.",
  },
];

/** What the two maps declare, and what does not fit. */
export function traitFindings(old: ExaminedMap, next: ExaminedMap): Finding[] {
  const [oldTraits, newTraits] = [old.map.traits, next.map.traits];
  const broken = RULES.filter(({ isBroken }) => isBroken(oldTraits, newTraits));
  const found = broken.map(({ level, text, advice }) => finding("traits", level, text(oldTraits, newTraits), advice));
  if (!old.isSynchronous || next.isSynchronous) return found;
  return [...found, ANSWERS_LATER];
}

const ANSWERS_LATER: Finding = finding(
  "traits",
  "note",
  "The old map answers at once, the new one with promises.",
  "Give twin() both as they are. Its own methods answer at once up to the stage shadow: before the stage live, have all callers " +
    "await those of its promised.",
);

function shared({ scope }: Traits): string {
  return scope === "thread"
    ? "one thread"
    : scope === "process"
    ? "the threads of one process"
    : "all who use its store";
}

function number(value: number): string {
  return value.toLocaleString("en");
}
