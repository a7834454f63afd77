/**
 * Tests for maps of your own: the contract of every map as a suite, a clock that a test moves, and a map that misbehaves
 * on demand.
 *
 * @module
 */

export { asyncConformance } from "./conformance/async_conformance.ts";
export type { AsyncConformanceOptions } from "./conformance/async_subject.ts";
export { conformance } from "./conformance/conformance.ts";
export { ConformanceError } from "./conformance/expect.ts";
export type { ConformanceOptions, RegisterTest, SubjectOptions } from "./conformance/subject.ts";
export { FAULT_NAMES, type FaultName } from "./faults.ts";
export { FaultyMap } from "./faulty_map.ts";
export { ManualClock } from "./manual_clock.ts";
