/** The counts of many processes, in Redis. Every method is one Lua script, which Redis runs as one step. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Clock } from '../../../core/clock.ts';
import type { NanoDollars } from '../../../core/money.ts';
import {
  type Ask,
  type Books,
  type BudgetState,
  type Counters,
  CountersAway,
  type LimitName,
  type Outcome,
  type RateState,
  type Refusal,
  type Subject,
  type Verdict,
} from '../limits.ts';
import { periodAt, type Span } from '../periods.ts';
import type { Redis } from './redis.ts';

/** Milliseconds a call counts as running after its process last said so. */
const LEASE = 60_000;
/** Leases that a call without a row in the ledger is given, in case the row is still on its way there. */
const PATIENCE = 3;
const EXPIRED_AT_ONCE = 1_000;

interface Script {
  readonly text: string;
  readonly sha: string;
}

const common = readScript('common');
const scripts = {
  admit: script('admit'),
  extend: script('extend'),
  settle: script('settle'),
  renew: script('renew'),
  state: script('state'),
  expired: script('expired'),
};

function readScript(name: string): string {
  return readFileSync(new URL(`./${name}.lua`, import.meta.url), 'utf8');
}

function script(name: string): Script {
  const text = `${common}\n${readScript(name)}`;
  return { text, sha: createHash('sha1').update(text).digest('hex') };
}

interface AdmitReply {
  readonly unseeded?: readonly number[];
  readonly refused?: {
    readonly index: number;
    readonly limit: LimitName;
    readonly allowed: string;
    readonly left: string;
    readonly needed: string;
    readonly wait?: number;
  };
  readonly hold: string;
  readonly tokens: number;
  readonly rates: { readonly requests?: RateState; readonly tokens?: RateState };
}

export interface RedisCountersOptions {
  /** Before every key: installations may share a Redis. */
  readonly prefix?: string;
  /**
   * Which books the calls of this process are in. Only who has the same books may say of a killed process's call that
   * it never got into them.
   */
  readonly books?: string;
  /** Whose time counts for windows and leases; Redis's own unless a test has another. */
  readonly time?: () => number;
  /** Milliseconds what a call holds stays after its process was killed. */
  readonly lease?: number;
}

export class RedisCounters implements Counters {
  readonly #redis: Redis;
  readonly #clock: Clock;
  readonly #books: Books;
  readonly #lease: number;
  readonly #prefix: string;
  readonly #leases: string;
  readonly #time: (() => number) | undefined;
  readonly #running = new Set<string>();
  readonly #renewal: NodeJS.Timeout;

  constructor(redis: Redis, clock: Clock, books: Books, options: RedisCountersOptions = {}) {
    this.#redis = redis;
    this.#clock = clock;
    this.#books = books;
    this.#lease = options.lease ?? LEASE;
    this.#prefix = options.prefix ?? 'cl:';
    this.#leases = `${this.#prefix}leases:${options.books ?? ''}`;
    this.#time = options.time;
    this.#renewal = setInterval(() => void this.tick().catch(() => {}), this.#lease / 3);
    this.#renewal.unref();
  }

  async admit(ask: Ask): Promise<Verdict> {
    const spans = ask.subjects.map(({ limits }) => this.#span(limits.budget?.period));
    const seeds: (number | undefined)[] = ask.subjects.map(() => undefined);
    for (;;) {
      const question = {
        ...ask,
        lease: this.#lease,
        subjects: ask.subjects.map((one, at) => flat(one, spans[at], seeds[at])),
      };
      const reply = (await this.#run(scripts.admit, JSON.stringify(question))) as AdmitReply;
      for (const at of reply.unseeded ?? [])
        seeds[at] = await this.#books.spentSince(ask.subjects[at]!.id, spans[at]!.start);
      if (reply.unseeded) continue;
      if (!reply.refused) {
        this.#running.add(ask.id);
        const { hold, tokens, rates } = reply;
        return {
          admitted: true,
          hold: Number(hold),
          tokens,
          requestRate: rates.requests,
          tokenRate: rates.tokens,
        };
      }
      return { admitted: false, refusal: refusalOf(reply.refused, ask) };
    }
  }

  async extend(id: string, more: NanoDollars): Promise<boolean> {
    return (await this.#run(scripts.extend, id, String(more))) === 1;
  }

  async settle(id: string, { tokens, cost }: Outcome): Promise<void> {
    this.#running.delete(id);
    await this.#run(scripts.settle, id, String(tokens), String(cost));
  }

  async state(subject: Subject): Promise<BudgetState> {
    const span = this.#span(subject.limits.budget?.period);
    if (!span) return { spent: 0, held: 0, resetsAt: undefined };
    const ask = async (seed: string) =>
      (await this.#run(scripts.state, subject.id, String(span.start), seed)) as {
        unseeded?: boolean;
        spent: string;
        held: string;
      };
    let state = await ask('');
    if (state.unseeded) state = await ask(String(await this.#books.spentSince(subject.id, span.start)));
    return { spent: Number(state.spent), held: Number(state.held), resetsAt: span.end };
  }

  /** Says that the calls of this process still run, and settles those of processes that were killed; a timer does this. */
  async tick(): Promise<void> {
    if (this.#running.size > 0)
      await this.#run(scripts.renew, String(this.#lease), JSON.stringify([...this.#running]));
    const { calls } = (await this.#run(scripts.expired, String(EXPIRED_AT_ONCE))) as {
      calls: { id: string; since: number }[];
    };
    // An empty list is an object to Lua's JSON.
    for (const { id, since } of Array.isArray(calls) ? calls : []) await this.#settleExpired(id, since);
  }

  /** A call whose process is gone costs what the ledger says, and nothing when it never got there. */
  async #settleExpired(id: string, since: number): Promise<void> {
    const outcome = await this.#books.outcomeOf(id);
    if (outcome) await this.settle(id, outcome);
    else if (since > PATIENCE * this.#lease) await this.settle(id, { tokens: 0, cost: 0 });
  }

  async close(): Promise<void> {
    clearInterval(this.#renewal);
  }

  #span(period: Parameters<typeof periodAt>[0] | undefined): Span | undefined {
    return period && periodAt(period, this.#clock.now());
  }

  /** @throws {CountersAway} */
  async #run({ text, sha }: Script, ...rest: string[]): Promise<unknown> {
    const options = {
      keys: [this.#leases],
      arguments: [this.#prefix, String(this.#time?.() ?? ''), ...rest],
    };
    try {
      const reply = await this.#redis.evalSha(sha, options).catch((error: Error) => {
        // Redis forgets scripts when it restarts.
        if (error.message.startsWith('NOSCRIPT')) return this.#redis.eval(text, options);
        throw error;
      });
      return typeof reply === 'string' ? JSON.parse(reply) : reply;
    } catch (error) {
      throw new CountersAway(error);
    }
  }
}

function refusalOf(refused: NonNullable<AdmitReply['refused']>, ask: Ask): Refusal {
  return {
    subject: ask.subjects[refused.index]!,
    limit: refused.limit,
    allowed: Number(refused.allowed),
    left: Number(refused.left),
    needed: Number(refused.needed),
    retryAfterMs: refused.wait,
  };
}

/** A subject as the script reads it; what is absent is not limited. */
function flat({ id, limits }: Subject, span: Span | undefined, seed: number | undefined): object {
  return {
    id,
    rpm: limits.rpm,
    tpm: limits.tpm,
    concurrency: limits.maxConcurrency,
    amount: limits.budget?.amount,
    start: span && String(span.start),
    finish: span?.end,
    seed,
  };
}
