import { LRUCache } from 'lru-cache';
import type { Clock } from '../../core/clock.ts';
import { atMost } from '../../core/entry-bound.ts';
import type { NanoDollars } from '../../core/money.ts';
import type {
  BudgetState,
  Counters,
  Decision,
  LedgerReader,
  Outcome,
  ReservationRequest,
  Subject,
} from './limits.ts';
import {
  type Account,
  checkLimits,
  type Fit,
  nearestRate,
  newAccount,
  type Reservation,
  take,
} from './memory-account.ts';
import { periodAt } from './periods.ts';

/** Subjects without a call in flight that are remembered; a forgotten one's spending is read from the ledger again. */
const MAX_IDLE = 10_000;

interface Admitted {
  reservations: readonly Reservation[];
  readonly at: number;
  readonly tokens: number;
  hold: NanoDollars;
  /** Its caller has left, and its place is free. */
  hasLeft: boolean;
}

const NONE: readonly Reservation[] = [];

/** The counts of one process. Check and commit run synchronously, so no other request can interleave. */
export class MemoryCounters implements Counters {
  readonly #clock: Clock;
  readonly #ledger: Pick<LedgerReader, 'spentSince'>;
  /** Accounts with calls in flight, which are kept whatever happens. */
  readonly #busy = new Map<string, Account>();
  /**
   * Accounts whose last call has ended, and bounded. Busy ones stay here too: to delete its only entry the package clears
   * all the room it has (90 µs), and a single caller would have it do so at every call.
   */
  readonly #idle = new LRUCache<string, Account>(atMost(MAX_IDLE));
  readonly #admitted = new Map<string, Admitted>();
  readonly #seeding = new Map<string, Promise<void>>();

  constructor(clock: Clock, ledger: Pick<LedgerReader, 'spentSince'>) {
    this.#clock = clock;
    this.#ledger = ledger;
  }

  admit(ask: ReservationRequest): Decision | Promise<Decision> {
    if (!ask.subjects.some((subject) => this.#needsSeed(subject))) return this.#decide(ask, 'admit');
    // Several budgets may be seeded at once, and a period may end meanwhile.
    const unseeded = ask.subjects.filter((subject) => this.#needsSeed(subject));
    return Promise.all(unseeded.map((subject) => this.#seed(subject))).then(() => this.admit(ask));
  }

  async check(ask: ReservationRequest): Promise<Decision> {
    for (;;) {
      const unseeded = ask.subjects.filter((subject) => this.#needsSeed(subject));
      if (unseeded.length === 0) return this.#decide(ask, 'check');
      await Promise.all(unseeded.map((subject) => this.#seed(subject)));
    }
  }

  extend(id: string, more: NanoDollars): boolean {
    const call = this.#admitted.get(id);
    if (!call) return false;
    const fits = call.reservations.every(({ subject: { limits }, usage }) =>
      usage && limits.budget ? usage.spent + usage.held + more <= limits.budget.amount : true,
    );
    if (!fits) return false;
    for (const { usage } of call.reservations) if (usage) usage.held += more;
    call.hold += more;
    return true;
  }

  leave(id: string): void {
    const call = this.#admitted.get(id);
    if (!call || call.hasLeft) return;
    call.hasLeft = true;
    for (const { account } of call.reservations) account.inFlight -= 1;
  }

  settle(id: string, { tokens, cost }: Outcome): void {
    const call = this.#admitted.get(id);
    if (!call) return;
    this.#admitted.delete(id);
    const { reservations } = call;
    // A map that is rebuilt keeps its former entries until the next full collection (as in chat/single-flight.ts).
    call.reservations = NONE;
    const now = this.#clock.elapsed();
    for (const { subject, account, usage } of reservations) {
      if (!call.hasLeft) account.inFlight -= 1;
      account.tokens.correct(tokens - call.tokens, call.at, now);
      if (usage) usage.held -= call.hold;
      // A budget that was set while the call ran counts it too.
      const charged = usage ?? account.usage;
      if (charged) charged.spent += cost;
      if (account.inFlight === 0) {
        this.#busy.delete(subject.id);
        this.#idle.set(subject.id, account);
      }
    }
  }

  async state(subject: Subject): Promise<BudgetState> {
    if (!subject.limits.budget) return { spent: 0, held: 0, resetsAt: undefined };
    while (this.#needsSeed(subject)) await this.#seed(subject);
    const { spent, held, end } = this.#account(subject.id).usage!;
    return { spent, held, resetsAt: end };
  }

  async close(): Promise<void> {}

  /** @param step `check` counts and holds nothing */
  #decide(ask: ReservationRequest, step: 'admit' | 'check'): Decision {
    // Windows go by a clock that is never set; periods of budgets by the calendar.
    const now = this.#clock.elapsed();
    const reservations = ask.subjects.map((subject): Reservation => {
      const account = this.#account(subject.id);
      return { subject, account, usage: subject.limits.budget ? account.usage : undefined };
    });
    const fit: Fit = { tokens: ask.tokens, hold: ask.hold };
    for (const reservation of reservations) {
      const refusal = checkLimits(ask, reservation, fit, now, this.#clock);
      if (refusal) return refusal;
    }
    if (step === 'admit') {
      take(ask, reservations, fit, now);
      for (const { subject, account } of reservations) this.#busy.set(subject.id, account);
      this.#admitted.set(ask.id, { reservations, at: now, ...fit, hasLeft: false });
    }
    return {
      admitted: true,
      ...fit,
      requestRate: nearestRate(reservations, now, 'requests', 'rpm'),
      tokenRate: nearestRate(reservations, now, 'tokens', 'tpm'),
    };
  }

  #account(id: string): Account {
    const known = this.#busy.get(id) ?? this.#idle.get(id);
    if (known) return known;
    const account = newAccount();
    this.#idle.set(id, account);
    return account;
  }

  /** A budget whose spending in the current period is not known yet. */
  #needsSeed({ id, limits: { budget } }: Subject): boolean {
    if (!budget) return false;
    const { usage } = this.#account(id);
    if (usage?.period !== budget.period) return true;
    const now = this.#clock.now();
    return now < usage.start || (usage.end !== undefined && now >= usage.end);
  }

  #seed({ id, limits: { budget } }: Subject): Promise<void> {
    const { period } = budget!;
    const { start, end } = periodAt(period, this.#clock.now());
    const key = `${id} ${start} ${end}`;
    let seeding = this.#seeding.get(key);
    if (!seeding) {
      seeding = this.#ledger
        .spentSince(id, start)
        .then((spent) => {
          this.#account(id).usage = { period, start, end, spent, held: 0 };
        })
        .finally(() => this.#seeding.delete(key));
      this.#seeding.set(key, seeding);
    }
    return seeding;
  }
}
