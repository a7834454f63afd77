/** Finds the longest command of a Redis server. */
import type { RedisServer } from "../../tests/servers/redis.ts";

/** The longest that a command may take. */
export const MAX_COMMAND_US = 5_000;
/** Shorter commands are not logged. */
export const LOGGED_US = 500;

/** Forgets the commands that are in the log. */
export async function logSlowCommands(server: RedisServer): Promise<void> {
  await server.cli("CONFIG", "SET", "slowlog-log-slower-than", String(LOGGED_US));
  await server.cli("CONFIG", "SET", "slowlog-max-len", "100000");
  await server.cli("SLOWLOG", "RESET");
}

/** The microseconds of the longest command in the log, but for those that filled the server; 0 if the log is empty. */
export async function longestCommandUs(server: RedisServer): Promise<number> {
  return Number(await server.cli("EVAL", LONGEST, "0"));
}

/** The microseconds of the scripts in the log, the shortest first. */
export async function scriptsUs(server: RedisServer): Promise<number[]> {
  const times = await server.cli("EVAL", SCRIPTS, "0");
  return times.split(" ").map(Number).toSorted((a, b) => a - b);
}

const LONGEST = `
local longest = 0
for _, logged in ipairs(redis.call('SLOWLOG', 'GET', '-1')) do
  if logged[4][1] ~= 'DEBUG' then longest = math.max(longest, logged[3]) end
end
return longest`;

const SCRIPTS = `
local times = {}
for _, logged in ipairs(redis.call('SLOWLOG', 'GET', '-1')) do
  if logged[4][1] == 'EVALSHA' then times[#times + 1] = logged[3] end
end
return table.concat(times, ' ')`;
