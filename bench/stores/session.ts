/** A value as services keep it: about 200 bytes of JSON. */
export interface Session {
  readonly user: string;
  readonly roles: readonly string[];
  readonly since: Date;
  readonly visits: number;
  readonly cart: readonly { readonly item: string; readonly count: number }[];
  readonly locale: string;
}

/** The session of this number: all differ. */
export function sessionOf(at: number): Session {
  return {
    user: `user-${at}`,
    roles: ["reader", "author"],
    since: new Date(1_700_000_000_000 + at),
    visits: at,
    cart: [{ item: `item-${at % 97}`, count: 1 + at % 3 }, { item: `item-${at % 89}`, count: 2 }],
    locale: "en-GB",
  };
}
