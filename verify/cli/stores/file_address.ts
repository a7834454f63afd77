import { InputError } from "../input_error.ts";

/** The file that an address names, and the map in it. */
export interface FileAddress {
  readonly file: string;
  /** What comes after `#`. */
  readonly map: string;
}

/**
 * Reads an address such as `sqlite:FILE#TABLE`.
 *
 * @param form How such an address looks.
 * @throws {InputError} If the address looks otherwise.
 */
export function readFileAddress(address: string, form: string): FileAddress {
  const [, file = "", map = ""] = /^[a-z]+:(?:\/\/)?(.*)#(.*)$/is.exec(address) ?? [];
  if (file === "" || map === "") throw new InputError(`Cannot open ${address}: it must be ${form}`);
  return { file, map };
}
