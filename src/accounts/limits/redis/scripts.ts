/** The scripts, which Redis runs as one step each. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Redis } from '../../../redis/connection.ts';
import { withTimeout } from '../../../redis/with-timeout.ts';
import { CountersUnavailable } from '../limits.ts';

/** A script, and the SHA-1 by which Redis knows it once it has been loaded. */
export interface LuaScript {
  readonly text: string;
  readonly sha: string;
}

/** All scripts, each put together from the files of `redis/` that it is made of. */
export const scripts = {
  batch: script('window', 'restore', 'leave', 'settle', 'admit', 'batch'),
  extend: script('extend'),
  renew: script('renew'),
  state: script('state'),
  expired: script('expired'),
};

/** Put together from files, as a script cannot import. */
function script(...names: string[]): LuaScript {
  const read = (name: string) => readFileSync(new URL(`./${name}.lua`, import.meta.url), 'utf8');
  const text = ['common', ...names].map(read).join('\n');
  return { text, sha: createHash('sha1').update(text).digest('hex') };
}

/** Runs the scripts under one prefix: by their hash, and by their text where Redis does not have them yet. */
export class Scripts {
  readonly #redis: Redis;
  readonly #leases: string;
  readonly #prefix: string;
  readonly #time: (() => number) | undefined;

  /**
   * @param leases the key of the calls whose leases this process looks after
   * @param prefix before every key
   * @param time whose time counts, in milliseconds; Redis's own without it
   */
  constructor(redis: Redis, leases: string, prefix: string, time?: () => number) {
    this.#redis = redis;
    this.#leases = leases;
    this.#prefix = prefix;
    this.#time = time;
  }

  /** @returns a number, or what the script's JSON says. @throws {CountersUnavailable} when it does not answer in time */
  async run({ text, sha }: LuaScript, ...rest: string[]): Promise<unknown> {
    const args = ['1', this.#leases, this.#prefix, String(this.#time?.() ?? ''), ...rest];
    try {
      // Redis forgets scripts when it restarts.
      const asking = this.#redis.sendCommand(['EVALSHA', sha, ...args]).catch((error: Error) => {
        if (error.message.startsWith('NOSCRIPT')) return this.#redis.sendCommand(['EVAL', text, ...args]);
        throw error;
      });
      const reply = await withTimeout(this.#redis, asking);
      return typeof reply === 'string' ? JSON.parse(reply) : reply;
    } catch (error) {
      throw new CountersUnavailable(error);
    }
  }
}
