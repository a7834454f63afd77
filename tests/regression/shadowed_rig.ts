import { NativeMap, twin, type TwinMap, type TwinOptions } from "@twinmap/twinmap";
import { FaultyMap } from "../../testing/faulty_map.ts";
import { ManualClock } from "../../testing/manual_clock.ts";
import { moveTo } from "../move_to.ts";

/** A twin at shadow, and what it is tried with. */
export interface ShadowedRig {
  readonly clock: ManualClock;
  readonly newMap: FaultyMap<string, number>;
  readonly users: TwinMap<string, number>;
}

/** A twin at shadow of two equal maps with these keys. Faults can be planted in the new map. */
export async function shadowed(keys: readonly string[], options: TwinOptions<string, number>): Promise<ShadowedRig> {
  const clock = new ManualClock();
  const newMap = new FaultyMap<string, number>(new NativeMap(), () => clock.now());
  const users = twin(new NativeMap(keys.map((key, i) => [key, i])), newMap, { clock, ...options });
  await moveTo(users, clock, "shadow");
  return { clock, newMap, users };
}
