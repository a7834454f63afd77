import { lookup, type LookupAddress, type LookupOptions } from "node:dns";
import { request as requestOverHttp } from "node:http";
import { request as requestOverHttps } from "node:https";
import { BlockList, isIP, type LookupFunction } from "node:net";

/** How long an answer may take, in milliseconds. */
const TIMEOUT_MS = 15_000;

/** Addresses that are not of the public internet (RFC 6890, RFC 4193, RFC 4291, RFC 6598). */
const PRIVATE = new BlockList();
for (
  const [network, prefix] of [
    ["0.0.0.0", 8],
    ["10.0.0.0", 8],
    ["100.64.0.0", 10],
    ["127.0.0.0", 8],
    ["169.254.0.0", 16],
    ["172.16.0.0", 12],
    ["192.0.0.0", 24],
    ["192.168.0.0", 16],
    ["198.18.0.0", 15],
    ["224.0.0.0", 3],
  ] as const
) PRIVATE.addSubnet(network, prefix, "ipv4");
for (
  const [network, prefix] of [
    ["::", 127],
    ["64:ff9b::", 96],
    ["fc00::", 7],
    ["fe80::", 10],
    ["ff00::", 8],
  ] as const
) PRIVATE.addSubnet(network, prefix, "ipv6");

/**
 * Posts `body`, and resolves if the answer is 2xx. The name is looked up once, and what was checked is what is connected to.
 *
 * @throws {PrivateAddressError} If the address is private.
 * @throws {Error} If nobody answers in time, or the answer is another one.
 */
export function postTo(
  url: URL,
  headers: Record<string, string>,
  body: string,
  allowPrivate: boolean,
): Promise<void> {
  const host = url.hostname.replace(/^\[|\]$/g, "");
  const family = isIP(host);
  if (!allowPrivate && family !== 0 && isPrivate({ address: host, family })) return Promise.reject(refused(host));
  const request = url.protocol === "https:" ? requestOverHttps : requestOverHttp;
  return new Promise((resolve, reject) => {
    const sent = request(url, {
      method: "POST",
      headers: { ...headers, "content-length": String(new TextEncoder().encode(body).length) },
      signal: AbortSignal.timeout(TIMEOUT_MS),
      ...(allowPrivate ? {} : { lookup: lookupPublic }),
    }, (response) => {
      response.resume();
      const status = response.statusCode ?? 0;
      if (status >= 200 && status < 300) resolve();
      else reject(new Error(`Cannot post an event: ${url.host} answered ${status}`));
    });
    sent.on("error", reject);
    sent.end(body);
  });
}

/** Looks a name up, and refuses it if one of its addresses is private. */
const lookupPublic: LookupFunction = (name, options, told) => {
  lookup(name, { ...options, all: true } as LookupOptions & { all: true }, (error, addresses) => {
    if (error) return told(error, "");
    const [first] = addresses;
    if (first === undefined || addresses.some(isPrivate)) return told(refused(name), "");
    if (options.all) told(null, addresses);
    else told(null, first.address, first.family);
  });
};

function isPrivate({ address, family }: LookupAddress): boolean {
  return PRIVATE.check(address, family === 6 ? "ipv6" : "ipv4");
}

/** An address that nothing is posted to. */
export class PrivateAddressError extends Error {
  override readonly name = "PrivateAddressError";
}

function refused(host: string): Error {
  return new PrivateAddressError(
    `Cannot post an event: ${host} is an address of a private network: allow it with allowPrivate`,
  );
}
