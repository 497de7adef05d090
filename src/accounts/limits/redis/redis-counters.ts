import { randomUUID } from 'node:crypto';
import { BatchLoader } from '../../../core/batch-loader.ts';
import type { Clock } from '../../../core/clock.ts';
import type { NanoDollars } from '../../../core/money.ts';
import type { Redis } from '../../../redis/connection.ts';
import {
  BUDGET_SHARE,
  type BudgetState,
  type Counters,
  CountersUnavailable,
  type Decision,
  type LedgerReader,
  type Outcome,
  type ReservationRequest,
  type Subject,
} from '../limits.ts';
import { type PeriodBounds, periodAt } from '../periods.ts';
import { type AdmitReply, type BatchReply, flat, grantOf, refusalOf, withHold } from './batch-messages.ts';
import { Scripts, scripts } from './scripts.ts';
import { SettlementQueue } from './settlement-queue.ts';

/** Milliseconds a call counts as running after its process last said so. */
const LEASE = 60_000;
/** Leases that a call without a row in the ledger is given, in case the row is still on its way there. */
const MISSING_ROW_LEASES = 3;
const EXPIRED_AT_ONCE = 1_000;
/** Admissions in one question: Redis does nothing else meanwhile, some milliseconds. */
const ASKS_AT_ONCE = 100;
/** Milliseconds until settlements that did not arrive are sent again, if no admission takes them along before. */
const SEND_AGAIN = 1_000;

/** Where the counts are, and how long those of a killed process stay. */
export interface RedisCountersOptions {
  /** Before every key: installations may share a Redis. */
  readonly prefix?: string;
  /**
   * Which ledger the calls of this process are in. Only who has the same one may say of a killed process's call that
   * it never got into them.
   */
  readonly ledger?: string;
  /** Whose time counts for windows and leases; Redis's own unless a test has another. */
  readonly time?: () => number;
  /** Milliseconds what a call holds stays after its process was killed. */
  readonly lease?: number;
}

/**
 * The counts of many processes, in Redis. What one turn of the event loop has to admit and to settle goes there as one
 * question, and a settlement is not waited for: until it arrives, what is left only looks smaller than it is.
 */
export class RedisCounters implements Counters {
  readonly #clock: Clock;
  readonly #ledger: LedgerReader;
  readonly #lease: number;
  readonly #scripts: Scripts;
  readonly #running = new Set<string>();
  /** What unsettled calls have taken, as Redis keeps it: it may lose its memory. */
  readonly #records = new Map<string, string>();
  /** Which memory of Redis's it is; another one has lost what this one knew. */
  #epoch: string | undefined;
  /** Never rejects. */
  #restoring: Promise<void> | undefined;
  readonly #settlements = new SettlementQueue();
  /** Calls whose callers have left, since Redis was last asked. */
  #left: string[] = [];
  readonly #asks = new BatchLoader<object, AdmitReply>((asks) => this.#sendBatch(asks), ASKS_AT_ONCE);
  readonly #renewal: NodeJS.Timeout;
  #sendingAgain: NodeJS.Timeout | undefined;
  /** The last question; never rejects. */
  #lastBatch: Promise<unknown> = Promise.resolve();

  constructor(redis: Redis, clock: Clock, ledger: LedgerReader, options: RedisCountersOptions = {}) {
    const { prefix = 'cl:', ledger: place = '', time, lease = LEASE } = options;
    this.#clock = clock;
    this.#ledger = ledger;
    this.#lease = lease;
    this.#scripts = new Scripts(redis, `${prefix}leases:${place}`, prefix, time);
    this.#renewal = setInterval(() => void this.tick().catch(() => {}), lease / 3);
    this.#renewal.unref();
  }

  async admit(ask: ReservationRequest): Promise<Decision> {
    const reply = await this.#askFor(ask).catch((error: unknown) => {
      // The question may have arrived though its answer did not: what it took would be held until its lease ends.
      this.#settlements.add(ask.id, { tokens: 0, cost: 0 });
      this.#sendAgain();
      throw error;
    });
    if (reply.refused) return { admitted: false, refusal: refusalOf(reply.refused, ask) };
    this.#running.add(ask.id);
    this.#records.set(ask.id, reply.record);
    return grantOf(reply);
  }

  async check(ask: ReservationRequest): Promise<Decision> {
    const reply = await this.#askFor({ ...ask, onlyLook: true });
    return reply.refused ? { admitted: false, refusal: refusalOf(reply.refused, ask) } : grantOf(reply);
  }

  async #askFor(ask: ReservationRequest & { readonly onlyLook?: boolean }): Promise<AdmitReply> {
    const spans = ask.subjects.map(({ limits }) => this.#span(limits.budget?.period));
    const seeds: (number | undefined)[] = ask.subjects.map(() => undefined);
    for (;;) {
      const subjects = ask.subjects.map((one, at) => flat(one, spans[at], seeds[at]));
      const reply = await this.#asks.ask({ ...ask, subjects, share: BUDGET_SHARE });
      if (reply.problem) throw new CountersUnavailable(reply.problem);
      for (const at of reply.unseeded ?? [])
        seeds[at] = await this.#ledger.spentSince(ask.subjects[at]!.id, spans[at]!.start);
      if (!reply.unseeded) return reply;
    }
  }

  async extend(id: string, more: NanoDollars): Promise<boolean> {
    this.#asks.flush();
    if ((await this.#scripts.run(scripts.extend, id, String(more))) !== 1) return false;
    const record = this.#records.get(id);
    if (record) this.#records.set(id, withHold(record, more));
    return true;
  }

  /** Should it not arrive, the settlement gives back the same. */
  leave(id: string): void {
    this.#left.push(id);
    this.#asks.atEndOfTurn();
  }

  settle(id: string, outcome: Outcome): void {
    this.#running.delete(id);
    if (!this.#settlements.add(id, outcome)) this.#records.delete(id);
    this.#asks.atEndOfTurn();
  }

  async state(subject: Subject): Promise<BudgetState> {
    const span = this.#span(subject.limits.budget?.period);
    if (!span) return { spent: 0, held: 0, resetsAt: undefined };
    // The calls that this process has answered are in it.
    this.#asks.flush();
    const ask = async (seed: string) =>
      (await this.#scripts.run(
        scripts.state,
        subject.id,
        String(span.start),
        String(span.end ?? ''),
        seed,
      )) as { unseeded?: boolean; spent: string; held: string };
    let state = await ask('');
    if (state.unseeded) state = await ask(String(await this.#ledger.spentSince(subject.id, span.start)));
    return { spent: Number(state.spent), held: Number(state.held), resetsAt: span.end };
  }

  /** Says that the calls of this process still run, and settles those of processes that were killed; a timer does this. */
  async tick(): Promise<void> {
    if (this.#running.size > 0)
      await this.#scripts.run(scripts.renew, String(this.#lease), JSON.stringify([...this.#running]));
    const { calls } = (await this.#scripts.run(scripts.expired, String(EXPIRED_AT_ONCE))) as {
      calls: { id: string; since: number }[];
    };
    // An empty list is an object to Lua's JSON.
    for (const { id, since } of Array.isArray(calls) ? calls : []) await this.#settleExpired(id, since);
  }

  /** A call whose process is gone costs what the ledger says, and nothing when it never got there. */
  async #settleExpired(id: string, since: number): Promise<void> {
    const outcome = await this.#ledger.outcomeOf(id);
    if (outcome) this.settle(id, outcome);
    else if (since > MISSING_ROW_LEASES * this.#lease) this.settle(id, { tokens: 0, cost: 0 });
  }

  /** Sends what is not settled, once, if Redis is there; else leases end and the ledger is asked. */
  async close(): Promise<void> {
    clearInterval(this.#renewal);
    for (let before = Infinity; this.#settlements.size < before && before > 0; ) {
      before = this.#settlements.size;
      this.#asks.atEndOfTurn();
      this.#asks.flush();
      await this.#lastBatch;
    }
    clearTimeout(this.#sendingAgain);
  }

  /** One question with all that this turn of the event loop has, and with settlements that did not arrive before. */
  async #sendBatch(asks: readonly object[]): Promise<readonly AdmitReply[]> {
    const settlements = this.#settlements.take();
    const left = this.#left;
    if (asks.length === 0 && settlements.length === 0 && left.length === 0) return [];
    this.#left = [];
    const asking = this.#ask({ left, settlements, asks });
    this.#lastBatch = asking.catch(() => {});
    try {
      const answers = await asking;
      for (const [id] of settlements) this.#records.delete(id);
      if (this.#settlements.size > 0) this.#asks.atEndOfTurn();
      return answers;
    } catch (error) {
      this.#settlements.giveBack(settlements);
      this.#sendAgain();
      throw error;
    }
  }

  /** A Redis that was emptied or replaced is told first what the calls of this process have taken. */
  async #ask(question: object): Promise<readonly AdmitReply[]> {
    let reply = await this.#send({ epoch: this.#epoch, ...question });
    while (!reply.answers) {
      const { epoch } = reply;
      // Questions that were on their way together find the same. One restores: a second might put back what has ended since.
      if (this.#epoch === epoch || this.#restoring) {
        await this.#restoring;
        reply = await this.#send({ epoch: this.#epoch, ...question });
      } else reply = await this.#restore(epoch, question);
    }
    this.#epoch ??= reply.epoch;
    // An empty list is an object to Lua's JSON.
    return Array.isArray(reply.answers) ? reply.answers : [];
  }

  /** Until this has arrived the process goes by the epoch of before, in which nothing is done any more. */
  async #restore(epoch: string, question: object): Promise<BatchReply> {
    const asking = this.#send({ epoch, restores: [...this.#records], ...question });
    const arrived = ({ answers }: BatchReply) => {
      if (answers) this.#epoch = epoch;
    };
    this.#restoring = asking
      .then(arrived, () => {})
      .finally(() => {
        this.#restoring = undefined;
      });
    return asking;
  }

  async #send(question: object): Promise<BatchReply> {
    const nothing = { restores: [], left: [], settlements: [], asks: [] };
    const whole = { lease: this.#lease, newEpoch: randomUUID(), ...nothing, ...question };
    return (await this.#scripts.run(scripts.batch, JSON.stringify(whole))) as BatchReply;
  }

  #sendAgain(): void {
    if (this.#settlements.size === 0) return;
    this.#sendingAgain ??= setTimeout(() => {
      this.#sendingAgain = undefined;
      this.#asks.atEndOfTurn();
    }, SEND_AGAIN).unref();
  }

  #span(period: Parameters<typeof periodAt>[0] | undefined): PeriodBounds | undefined {
    return period && periodAt(period, this.#clock.now());
  }
}
