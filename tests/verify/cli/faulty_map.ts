/** A module that `twinmap replay` takes for a map: one that misbehaves. */
import { NativeMap } from "@twinmap/twinmap";
import { FaultyMap } from "../../../testing/faulty_map.ts";
import type { FaultName } from "../../../testing/faults.ts";

/** How the maps that are made from now on misbehave. */
export const planted: { fault: FaultName } = { fault: "forgets" };

export default function make<K, V>(): FaultyMap<K, V> {
  const map = new FaultyMap<K, V>(new NativeMap());
  map.fault = planted.fault;
  return map;
}
