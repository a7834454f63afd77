/** What is needed of a client of Redis. */
export interface CopyClient {
  scanIterator(options: { COUNT: number }): AsyncIterable<string[]>;
  get(key: string): Promise<string | null>;
  set(key: string, value: string): Promise<unknown>;
}

/** Copies every key of a server to another one, by the page of SCAN, with pipelined GET and SET: what somebody writes in 20 lines. */
export async function bulkCopy(source: CopyClient, target: CopyClient): Promise<void> {
  for await (const keys of source.scanIterator({ COUNT: 250 })) {
    const values = await Promise.all(keys.map((key) => source.get(key)));
    await Promise.all(values.map((value, at) => value === null ? undefined : target.set(keys[at] as string, value)));
  }
}
