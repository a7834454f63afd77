/** The server's time in milliseconds since 1970. Entries expire by it, so that all who use the map agree. */
const NOW = "(extract(epoch from statement_timestamp()) * 1000)::float8";

/** How many entries that have expired are removed at a time. */
const REMOVED = 200;

/** Texts in one parameter, separated by commas: not every client sends arrays. */
const listed = (parameter: string) => `unnest(string_to_array(${parameter}, ','))`;

/** The statements of a map. Each is one step on the server. */
export interface Statements {
  /** Key → value, version, expiry. */
  readonly get: string;
  /** Keys as a list of hexadecimal numbers → the same, with the key. */
  readonly getMany: string;
  /** Key → a row if it is present. */
  readonly has: string;
  /** Key, value, time to live. */
  readonly set: string;
  /** Keys and values as lists of hexadecimal numbers, time to live. */
  readonly setMany: string;
  /** Key, value, time to live → a row if the key was absent, and is set now. */
  readonly insert: string;
  /** Key, value, time to live → whether it was inserted, else the value; no row if another insert has just come first. */
  readonly getOrInsert: string;
  /** Key, value → the old value, if there was one. */
  readonly replace: string;
  /** Key, value, version → a row if it was set. */
  readonly replaceVersion: string;
  /** Key → the value that it had, and whether it was present. */
  readonly take: string;
  /** Key, version → a row if it was removed. */
  readonly deleteVersion: string;
  /** Keys as a list of hexadecimal numbers. */
  readonly deleteMany: string;
  /** Key, number → the entries after it in the order of their keys. */
  readonly page: string;
  /** Key, number → the keys after it, in order. */
  readonly keyPage: string;
  readonly count: string;
  /** Key, number, secret, shift, buckets as a list, shift for the sums → sums of digests by bucket; then a row about the page. */
  readonly digestSums: string;
  /** Key, number, secret, shift, buckets as a list → keys with digests; then a row about the page. */
  readonly digests: string;
  /** Removes some entries that have expired. */
  readonly removeExpired: string;
}

/** The statements for a table whose name was checked. */
export function statementsFor(name: string): Statements {
  const table = `"${name}"`;
  const isLive = (row = "") => `(${row}expires_at is null or ${row}expires_at > ${NOW})`;
  const entry = "value, version::text as version, expires_at as expires";
  const upsert = (from: string) =>
    `insert into ${table} as present (key, value, expires_at) ${from} on conflict (key) ` +
    "do update set value = excluded.value, expires_at = excluded.expires_at, version = excluded.version";
  const one = `values ($1, $2, ${NOW} + $3::float8)`;
  const insert = `${upsert(one)} where not ${isLive("present.")} returning true as inserted`;
  const keys = `array(select decode(key, 'hex') from ${listed("$1")} as key)`;
  // The first 48 bits of a hash are its first 12 hexadecimal digits.
  const number = (hash: string) => `('x' || substr(encode(${hash}, 'hex'), 1, 12))::bit(48)::bigint`;
  const digested = `with page as materialized (select key, value from ${table} where key > $1 and ${isLive()} ` +
    "order by key limit $2::int), " +
    "hashed as materialized (select key, value, sha256(convert_to($3::text, 'UTF8') || key) as hash from page), " +
    `placed as materialized (select key, value, hash, ${number("hash")} as place from hashed), ` +
    "wanted as (select key, place, " +
    `${number("sha256(convert_to(encode(hash, 'hex'), 'UTF8') || value)")} as digest from placed ` +
    "where place >> $4::int = any(string_to_array($5, ',')::bigint[]))";
  const aboutPage = "(select count(*)::float8 as rows, coalesce(sum(length(value)), 0)::float8 as bytes, " +
    "(select key from page order by key desc limit 1) as last from page) as about";
  return {
    get: `select ${entry} from ${table} where key = $1 and ${isLive()}`,
    getMany: `select key, ${entry} from ${table} where key = any(${keys}) and ${isLive()}`,
    has: `select true as present from ${table} where key = $1 and ${isLive()}`,
    set: upsert(one),
    // In the order of the keys, so that two of them never wait for each other.
    setMany: upsert(
      `select decode(key, 'hex') as key, decode(value, 'hex'), ${NOW} + $3::float8 ` +
        "from unnest(string_to_array($1, ','), string_to_array($2, ',')) as entry (key, value) order by 1",
    ),
    insert,
    getOrInsert: `with inserted as (${insert}) select null::bytea as value, inserted from inserted ` +
      `union all select value, false from ${table} where key = $1 and ${isLive()}`,
    replace: `update ${table} as present set value = $2, version = default from ` +
      `(select key, value from ${table} where key = $1 and ${isLive()} for update) as old ` +
      "where present.key = old.key returning old.value as value",
    replaceVersion: `update ${table} set value = $2, version = default ` +
      `where key = $1 and version = $3::bigint and ${isLive()} returning true as replaced`,
    take: `delete from ${table} where key = $1 returning value, ${isLive()} as present`,
    deleteVersion:
      `delete from ${table} where key = $1 and version = $2::bigint and ${isLive()} returning true as removed`,
    deleteMany: `delete from ${table} where key = any(${keys})`,
    page: `select key, ${entry} from ${table} where key > $1 and ${isLive()} order by key limit $2::int`,
    keyPage: `select key from ${table} where key > $1 and ${isLive()} order by key limit $2::int`,
    count: `select count(*)::float8 as count from ${table} where ${isLive()}`,
    digestSums: `${digested}, summed as (select place >> $6::int as bucket, sum(digest) % ${2 ** 48} as sum, ` +
      "count(*) as entries from wanted group by 1) " +
      "select bucket::float8, sum::float8, entries::float8, null::float8 as rows, null::float8 as bytes, " +
      `null::bytea as last from summed union all select null, null, null, about.* from ${aboutPage}`,
    digests: `${digested} select key, digest::float8, null::float8 as rows, null::float8 as bytes, ` +
      `null::bytea as last from wanted union all select null, null, about.* from ${aboutPage}`,
    removeExpired: `delete from ${table} where key = any(array(` +
      `select key from ${table} where expires_at <= ${NOW} limit ${REMOVED} for update skip locked))`,
  };
}
