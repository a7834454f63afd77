import type { StoreFailure } from "../../async/async_store.ts";

/** What is known of a command that failed, by the error of Deno KV. What is not known for sure is unknown. */
export function failureOf(error: unknown): StoreFailure {
  const { name, message } = Object(error) as { readonly name?: unknown; readonly message?: unknown };
  if (name === "BadResource" || / after '\.close' is called$/.test(String(message))) {
    return { outcome: "not applied", retryable: false, reason: "the database is closed" };
  }
  if (/^database is locked$/.test(String(message))) {
    return { outcome: "not applied", retryable: true, reason: "another process writes to the file" };
  }
  return { outcome: "unknown", retryable: false, reason: "Deno KV failed" };
}
