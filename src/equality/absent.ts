/** Stands for something that is not there: a key that a map lacks, or a part that a value lacks. */
export const ABSENT: unique symbol = Symbol("absent");
