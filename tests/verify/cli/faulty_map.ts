/** A module for `twinmap replay`: its maps misbehave. */
import { NativeMap } from "@twinmap/twinmap";
import { FaultyMap } from "../../../testing/faulty_map.ts";
import type { FaultName } from "../../../testing/faults.ts";

/** The fault of the maps created from now on. */
export const planted: { fault: FaultName } = { fault: "forgets" };

export default function make<K, V>(): FaultyMap<K, V> {
  const map = new FaultyMap<K, V>(new NativeMap());
  map.fault = planted.fault;
  return map;
}
