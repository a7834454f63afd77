/** One step on the path from a value to a part of it. */
export type PathSegment =
  | { readonly kind: "property"; readonly key: string | symbol }
  | { readonly kind: "index"; readonly key: number }
  | { readonly kind: "key" | "member"; readonly key: unknown };

/** Where a part of a value stands: a list linked from its end. Only a difference builds a path. */
export interface Place {
  readonly parent: Place | undefined;
  readonly segment: PathSegment;
}

/** The path to a place; empty without one. */
export function pathTo(place: Place | undefined): PathSegment[] {
  const path: PathSegment[] = [];
  for (let at = place; at !== undefined; at = at.parent) path.push(at.segment);
  return path.reverse();
}
