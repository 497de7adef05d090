import type { Clock } from '../../core/clock.ts';

/** As much of `fetch` as is used; tests give their own. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

/** Where the server is, and how long it may take. */
export interface GptCacheClientOptions {
  readonly url: string;
  readonly fetch: Fetch;
  readonly clock: Clock;
  /** Milliseconds for a call and its whole reply. */
  readonly timeout?: number;
}

const TIMEOUT = 150;
const MAX_FAILURES = 3;
/** Milliseconds without a call after too many failures; then one call is a probe. */
const COOLDOWN = 30_000;
const MAX_REPLY = 2_000_000;

/**
 * The HTTP of a GPTCache server (gptcache 0.1.44, `gptcache_server/server.py`): no authentication, no expiry, no delete.
 * It is never in the way: one try with a deadline, and after three failures in a row it is left alone for a while.
 */
export class GptCacheClient {
  readonly counts = { failed: 0, skipped: 0 };
  readonly #options: GptCacheClientOptions;
  #failures = 0;
  #closedUntil = 0;

  constructor(options: GptCacheClientOptions) {
    this.#options = { ...options, url: options.url.replace(/\/+$/, '') };
  }

  /** Never rejects. @returns the text stored under the nearest key, if there is one near enough for the server */
  async get(key: string): Promise<string | undefined> {
    const reply = await this.#post('/get', { prompt: key });
    const answer =
      typeof reply === 'object' && reply !== null ? (reply as { answer?: unknown }).answer : undefined;
    return typeof answer === 'string' && answer !== '' ? answer : undefined;
  }

  /** Never rejects. @returns whether the server took it */
  async put(key: string, value: string): Promise<boolean> {
    return (await this.#post('/put', { prompt: key, answer: value })) !== undefined;
  }

  async #post(path: string, body: unknown): Promise<unknown> {
    const { clock } = this.#options;
    if (clock.elapsed() < this.#closedUntil) {
      this.counts.skipped++;
      return undefined;
    }
    // While a probe is under way the others are still left out.
    if (this.#closedUntil > 0) this.#closedUntil = clock.elapsed() + COOLDOWN;
    try {
      const value = await this.#call(path, body);
      this.#failures = 0;
      this.#closedUntil = 0;
      return value;
    } catch {
      this.counts.failed++;
      if (++this.#failures >= MAX_FAILURES) this.#closedUntil = clock.elapsed() + COOLDOWN;
      return undefined;
    }
  }

  async #call(path: string, body: unknown): Promise<unknown> {
    const { url, fetch, timeout = TIMEOUT } = this.#options;
    const response = await fetch(url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      redirect: 'error',
      signal: AbortSignal.timeout(timeout),
    });
    if (!response.ok) {
      await response.body?.cancel();
      throw new Error(`GPTCache answered ${response.status}.`);
    }
    return JSON.parse(await readBounded(response));
  }
}

/** @throws {Error} for a reply that is too large */
async function readBounded(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength;
    if (size > MAX_REPLY) throw new Error('The reply of GPTCache is too large.');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
