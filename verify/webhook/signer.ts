const encoder = new TextEncoder();

/** Signs messages as Standard Webhooks 1.0 asks for (the section "Signature scheme"): HMAC-SHA-256 of `id.timestamp.body`. */
export class Signer {
  readonly #key: Promise<CryptoKey>;

  constructor(secret: Uint8Array<ArrayBuffer>) {
    this.#key = crypto.subtle.importKey("raw", secret, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  }

  /** The headers of a message that is sent at `nowMs`. */
  async headers(id: string, nowMs: number, body: string): Promise<Record<string, string>> {
    const timestamp = String(Math.floor(nowMs / 1_000));
    const signed = await crypto.subtle.sign("HMAC", await this.#key, encoder.encode(`${id}.${timestamp}.${body}`));
    const signature = btoa(String.fromCharCode(...new Uint8Array(signed)));
    return { "webhook-id": id, "webhook-timestamp": timestamp, "webhook-signature": `v1,${signature}` };
  }
}
