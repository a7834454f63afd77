/** A process that has nothing left to do but a task in an hour, which need not keep it alive. */
import { systemClock } from "@twinmap/twinmap";

systemClock.schedule(() => console.log("ran"), 60 * 60 * 1_000, { unref: true });
console.log("scheduled");
