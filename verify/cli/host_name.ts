const HOST = /^([\w.-]+|\[[\da-f:.]+\])(?::\d+)?$/i;

/** The name in a `Host` header, without the port and in lower case; `undefined` if it is malformed. */
export function hostNameOf(header: string): string | undefined {
  return HOST.exec(header)?.[1]?.toLowerCase();
}
