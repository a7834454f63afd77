import type { Hono } from "hono";
import { setTimeout as sleep } from "node:timers/promises";
import { seededRandom } from "../../testing/seeded_random.ts";
import type { SessionId } from "./session_service.ts";
import { Zipf } from "../../testing/zipf.ts";

/** How much load there is. */
export interface LoadOptions {
  readonly clients: number;
  readonly requestsPerSecond: number;
  /** The seed of the random choices of clients and requests. */
  readonly seed: number;
}

/** A client of the service, and what the service should answer it. */
interface Client {
  readonly number: number;
  readonly isGuest: boolean;
  id: SessionId | undefined;
  visits: number;
}

/** The share of clients that never log in. */
const GUESTS = 0.1;
/** The members' time zones, as browsers count them: minutes from local time to UTC. */
const TIMEZONE_OFFSETS = [0, -60, 300, -330];
const VISITS = 0.25;
const LOGOUTS = { members: 0.01, guests: 0.1 };
const EXPONENT = 1;
const TICK_MS = 10;
/** If the service was too slow, up to a tenth of a second's requests are made later. */
const MOST_LATE_S = 0.1;

/** Clients that make real requests to a service without a network in between; a few make most of the requests. */
export class Load {
  /** Requests that were answered correctly. */
  right = 0;
  /** Requests that failed or were answered wrongly. */
  wrong = 0;
  readonly #service: Pick<Hono, "request">;
  readonly #requestsPerSecond: number;
  readonly #clients: readonly Client[];
  readonly #random: () => number;
  readonly #zipf: Zipf;

  /** @param service Requests go to its routes under `/sessions`. */
  constructor(service: Pick<Hono, "request">, { clients, requestsPerSecond, seed }: LoadOptions) {
    this.#service = service;
    this.#requestsPerSecond = requestsPerSecond;
    this.#random = seededRandom(seed);
    this.#zipf = new Zipf(clients, EXPONENT, this.#random);
    this.#clients = Array.from({ length: clients }, (_, number) => ({
      number,
      isGuest: this.#random() < GUESTS,
      id: undefined,
      visits: 0,
    }));
  }

  /** Begins a session for every client. */
  async begin(): Promise<void> {
    for (const client of this.#clients) await this.#begin(client);
  }

  /** Makes requests until `signal` is aborted. */
  async run(signal: AbortSignal): Promise<void> {
    let due = 0;
    let lastMs = performance.now();
    while (!signal.aborted) {
      await sleep(TICK_MS);
      const nowMs = performance.now();
      const late = due + (nowMs - lastMs) / 1_000 * this.#requestsPerSecond;
      due = Math.min(late, MOST_LATE_S * this.#requestsPerSecond);
      lastMs = nowMs;
      for (; due >= 1; due--) await this.#next();
    }
  }

  async #next(): Promise<void> {
    const client = this.#clients[this.#zipf.next() - 1] as Client;
    const chance = this.#random();
    const logouts = client.isGuest ? LOGOUTS.guests : LOGOUTS.members;
    if (client.id === undefined) await this.#begin(client);
    else if (chance < logouts) await this.#logOut(client, client.id);
    else await this.#visit(client, client.id, chance < logouts + VISITS);
  }

  async #begin(client: Client): Promise<void> {
    const { number, isGuest } = client;
    const login = { name: `member ${number}`, timezoneOffset: TIMEZONE_OFFSETS[number % TIMEZONE_OFFSETS.length] };
    const response = isGuest
      ? await this.#request("/guests", { method: "POST" })
      : await this.#request("", { method: "POST", body: JSON.stringify(login) });
    if (this.#count(response.status === 201)) client.id = (await response.json()).id;
    client.visits = 0;
  }

  async #visit(client: Client, id: SessionId, counts: boolean): Promise<void> {
    const response = counts ? await this.#request(`/${id}/visits`, { method: "POST" }) : await this.#request(`/${id}`);
    if (!response.ok) {
      this.#count(false);
      if (response.status === 404) client.id = undefined;
      return;
    }
    const { name, visits } = await response.json();
    const expected = client.isGuest
      ? { name: undefined, visits: undefined }
      : { name: `member ${client.number}`, visits: client.visits + (counts ? 1 : 0) };
    this.#count(name === expected.name && visits === expected.visits);
    client.visits = visits ?? 0;
  }

  async #logOut(client: Client, id: SessionId): Promise<void> {
    const response = await this.#request(`/${id}`, { method: "DELETE" });
    this.#count(response.status === 204);
    client.id = undefined;
  }

  async #request(path: string, init?: RequestInit): Promise<Response> {
    return await this.#service.request(`/sessions${path}`, init);
  }

  #count(isRight: boolean): boolean {
    if (isRight) this.right++;
    else this.wrong++;
    return isRight;
  }
}
