import type { Codec } from "../../src/stores/codec.ts";

/** Values that are bytes, stored as they are. */
export const AS_BYTES: Codec<Uint8Array> = {
  form: "bytes",
  encode: (bytes) => bytes,
  decode: (bytes) => bytes as Uint8Array,
};
