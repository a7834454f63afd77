/**
 * A storage of the package `unstorage`, as `createStorage` and `prefixStorage` make it: what a `StorageMap` needs of it.
 */
export interface UnstorageStorage {
  /** The content under a key, as it was set; `null` if there is none. */
  getItemRaw(key: string): Promise<unknown>;
  /** Sets the content under a key, as it is. */
  setItemRaw(key: string, value: string | Uint8Array): Promise<unknown>;
  /** Removes a key. */
  removeItem(key: string): Promise<unknown>;
  /** Every key. */
  getKeys(): Promise<string[]>;
}
