import { received } from "../../received.ts";
import type { PostgresParameter, PostgresQuery, PostgresRow } from "./client.ts";
import { refusal } from "./failure.ts";

/** A column of the known row: how the server makes it, and how the client must return it. */
interface Column {
  readonly sql: string;
  readonly type: string;
  readonly must: string;
  readonly isRight: (value: unknown) => boolean;
}

/** A zero, a byte that is no text, a backslash and a letter. */
const BYTES = Uint8Array.of(0, 255, 92, 65);
const BYTES_SQL = "decode('00ff5c41', 'hex')";
/** More than a number can hold. */
const LONG = "9007199254740993";

const BYTEA: Column = {
  sql: BYTES_SQL,
  type: "bytea",
  must: "a Uint8Array of its bytes",
  isRight: (value) => value instanceof Uint8Array && value.join() === BYTES.join(),
};
const boolean = (expected: boolean): Column => ({
  sql: String(expected),
  type: "boolean",
  must: `${expected}`,
  isRight: (value) => value === expected,
});

/** The columns of a map's statements, by their names, with values that are known. */
const COLUMNS: { readonly [name: string]: Column } = {
  key: BYTEA,
  value: BYTEA,
  version: { sql: `text '${LONG}'`, type: "text", must: "a string", isRight: (value) => value === LONG },
  expires: { sql: "null::float8", type: "null", must: "null", isRight: (value) => value === null },
  count: { sql: "0.5::float8", type: "float8", must: "a number", isRight: (value) => value === 0.5 },
  present: boolean(true),
  inserted: boolean(false),
};

/** What a map sends, and what the server must find it to be. */
const PARAMETERS: readonly (readonly [parameter: PostgresParameter, isRight: (parameter: string) => string])[] = [
  [BYTES, (sent) => `${sent}::bytea = ${BYTES_SQL}`],
  ["00ff,5c41", (sent) => `${sent}::text = '00ff,5c41'`],
  [0.5, (sent) => `${sent}::float8 = 0.5`],
  [7, (sent) => `${sent}::int = 7`],
  [LONG, (sent) => `${sent}::bigint = ${LONG}`],
  [null, (sent) => `${sent}::float8 is null`],
];

const STATEMENT = `select ${Object.entries(COLUMNS).map(([name, { sql }]) => `${sql} as ${name}`).join(", ")} where ${
  PARAMETERS.map(([, isRight], at) => isRight(`$${at + 1}`)).join(" and ")
}`;

/**
 * Makes sure that the client sends parameters and returns rows as they are: its options may rename columns, and have types of their own.
 *
 * @throws {StoreError} If a known row does not come back as it is. It says which option to change.
 * @throws What the client throws.
 */
export async function checkKnownRow(query: PostgresQuery): Promise<void> {
  const rows = await query(STATEMENT, PARAMETERS.map(([parameter]) => parameter));
  if (rows.length !== 1) throw refusal("the client must send parameters as they are: remove its option types");
  for (const [name, column] of Object.entries(COLUMNS)) checkColumn(rows[0]!, name, column);
}

function checkColumn(row: PostgresRow, name: string, { type, must, isRight }: Column): void {
  if (!Object.hasOwn(row, name)) {
    throw refusal(
      `the client must return rows as objects with the column ${name}: received ${Object.keys(row).join(", ")}: ` +
        "remove its option transform",
    );
  }
  if (isRight(row[name])) return;
  const session = type === "bytea" ? ", and set bytea_output to hex" : "";
  throw refusal(
    `the client must return ${type} as ${must}: ${received(row[name])}: remove its option transform or types ` +
      `(postgres), or its type parser (pg)${session}`,
  );
}
