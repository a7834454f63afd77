import { STAGE_NAMES } from "../stages/stage.ts";
import { MAP_NAMES } from "./map_argument.ts";

/** How each command is called, in one line each. */
export const USAGE = `Usage: twinmap replay TRACE --old MAP --new MAP [option]...
       twinmap doctor OLD NEW [option]...
       twinmap diff OLD NEW [option]...`;

/** The output of `--help`. */
export const HELP: string = `${USAGE}

replay: replays recorded operations through a twin of two maps, and reports
whether the two differ.

  TRACE            a CSV file, plain or gzipped, or - for stdin. Its header names
                   the columns op (get, has, set or delete), key and optionally
                   size (in bytes), in any order
  --old MAP        the map in use
  --new MAP        the map that is to replace it
                   MAP is ${MAP_NAMES.join(", ")}, a module whose
                   default export is a function that returns a map, or an
                   address as doctor takes it, of a map without entries: the
                   replay writes to it
  --stage STAGE    ${STAGE_NAMES.join(", ")}
                   (default: shadow)
  --sample RATE    the share of keys to compare, from 0 to 1 (default: 1); at the
                   end all keys are compared
  --on-miss load   set the key after a get that misses, as a cache does
  --serve PORT     serve the report at http://127.0.0.1:PORT/ during the replay,
                   and after it until Ctrl-C; 0 picks a free port
  --allow-host NAME
                   with --serve, also answer requests for this host name, for
                   example behind a proxy; may be repeated

A set writes { line, sizeBytes }: the line number in the trace, from 1, and the
size, or 0 if the trace gives none. No two writes are the same, so a wrong value
shows where it comes from. At the end of the trace, all entries of both maps are
compared once more.

doctor: compares two maps before anyone moves from OLD to NEW, and reports what
stands in the way. It reads all entries of both, and writes nothing to either.

  OLD, NEW         sqlite:FILE#TABLE, redis://HOST:PORT/PREFIX,
                   postgres://HOST/DATABASE#TABLE, denokv:FILE#PREFIX, or a
                   module whose default export is a map, or a function that
                   returns one. If its values are stored by a codec, the module
                   exports that as codec.
                   PREFIX is what the keys begin with, not a database: that is 0
                   unless ?db=N follows. rediss:// stands for TLS

diff: finds the keys that two maps do not hold alike, and lists them. It reads
both, and writes nothing. Of two maps in Redis, SQLite or PostgreSQL with the
same codec, it transfers digests, and then only the entries that differ.

  OLD, NEW         as for doctor
  --limit N        list at most N differences (default: 100); all are counted
  --values         show keys and values, not only digests, types and sizes

A key that differs is looked at again after a second. If it was written to
meanwhile, it is inconclusive: nothing is claimed of it.

replay and doctor:
  --reveal         show keys and values, not only digests, types and sizes

All:
  --json           print the report as JSON, and nothing else
  --help, --version

Exit codes: 0 no diff, problem or difference; 1 some, or inconclusive keys; 2 bad
usage, bad input or a failing map, without a report; 130 interrupted.
`;
