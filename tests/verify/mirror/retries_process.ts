/** Closes a twin whose new store is away, while keys are in the journal, and has nothing else to do. */
import { lift, NativeMap, StoreError, twin } from "@twinmap/twinmap";

const store = lift(new NativeMap<string, number>());
const fail = () => {
  const details = { store: "a test", operation: "any", outcome: "unknown", retryable: false } as const;
  return Promise.reject(new StoreError("it is away", details));
};
Object.assign(store, { set: fail, delete: fail, setMany: fail });
const sessions = twin(new Map<string, number>(), store, { at: { stage: "dualwrite" }, unknownMs: 1 });
sessions.set("a", 1);
await sessions.promised.set("b", 1);
await sessions[Symbol.asyncDispose]();
sessions.set("c", 1);
await sessions.settle();
console.log(`closed, and ${sessions.report().mirror.journaled} keys are in the journal`);
