import { assertEquals, assertRejects } from "@std/assert";
import { StoreError } from "@twinmap/twinmap";

/** Expects a call to reject with a `StoreError`, and returns it. */
export async function assertStoreError(call: () => Promise<unknown>, causeCode?: string): Promise<StoreError> {
  const error = await assertRejects(call, StoreError);
  if (causeCode !== undefined) assertEquals((error.cause as { code?: string }).code, causeCode);
  return error;
}
