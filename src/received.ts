/** What an error says of a value that was refused: primitives as they are written, of anything else its type. */
export function received(value: unknown): string {
  if (typeof value === "string") return `received ${JSON.stringify(value)}`;
  if (typeof value === "bigint") return `received ${value}n`;
  const isObject = typeof value === "function" || (typeof value === "object" && value !== null);
  return `received ${isObject ? typeof value : String(value)}`;
}
