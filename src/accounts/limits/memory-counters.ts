/** The counts of one process. Checking and committing happen without a pause between them, so nobody comes between. */
import { LRUCache } from 'lru-cache';
import type { Clock } from '../../core/clock.ts';
import type { NanoDollars } from '../../core/money.ts';
import type {
  Ask,
  Books,
  Budget,
  BudgetState,
  Counters,
  LimitName,
  Outcome,
  Period,
  RateState,
  Refusal,
  Subject,
  Verdict,
} from './limits.ts';
import { periodAt } from './periods.ts';
import { Window } from './window.ts';

/** Subjects without a call in flight that are remembered; a forgotten one's spending is read from the ledger again. */
const MAX_IDLE = 10_000;

/** What is spent and held of a budget in one period. A call that outlives the period still settles here. */
interface Purse {
  readonly period: Period;
  readonly start: number;
  readonly end: number | undefined;
  spent: NanoDollars;
  held: NanoDollars;
}

interface Account {
  readonly requests: Window;
  readonly tokens: Window;
  inFlight: number;
  purse: Purse | undefined;
}

/** What one call has taken of one subject. */
interface Share {
  readonly subject: Subject;
  readonly account: Account;
  readonly purse: Purse | undefined;
}

interface Admitted {
  shares: readonly Share[];
  readonly at: number;
  readonly tokens: number;
  hold: NanoDollars;
}

const NONE: readonly Share[] = [];

export class MemoryCounters implements Counters {
  readonly #clock: Clock;
  readonly #books: Pick<Books, 'spentSince'>;
  /** Accounts with calls in flight, which are kept whatever happens. */
  readonly #busy = new Map<string, Account>();
  /**
   * Accounts whose last call has ended, and bounded. Busy ones stay here too: to delete its only entry the package clears
   * all the room it has (90 µs), and a single caller would have it do so at every call.
   */
  readonly #idle = new LRUCache<string, Account>({ max: MAX_IDLE });
  readonly #admitted = new Map<string, Admitted>();
  readonly #seeding = new Map<string, Promise<void>>();

  constructor(clock: Clock, books: Pick<Books, 'spentSince'>) {
    this.#clock = clock;
    this.#books = books;
  }

  admit(ask: Ask): Verdict | Promise<Verdict> {
    if (!ask.subjects.some((subject) => this.#needsSeed(subject))) return this.#admitNow(ask);
    // Several budgets may be seeded at once, and a period may end meanwhile.
    const unseeded = ask.subjects.filter((subject) => this.#needsSeed(subject));
    return Promise.all(unseeded.map((subject) => this.#seed(subject))).then(() => this.admit(ask));
  }

  extend(id: string, more: NanoDollars): boolean {
    const call = this.#admitted.get(id);
    if (!call) return false;
    const fits = call.shares.every(({ subject: { limits }, purse }) =>
      purse && limits.budget ? purse.spent + purse.held + more <= limits.budget.amount : true,
    );
    if (!fits) return false;
    for (const { purse } of call.shares) if (purse) purse.held += more;
    call.hold += more;
    return true;
  }

  settle(id: string, { tokens, cost }: Outcome): void {
    const call = this.#admitted.get(id);
    if (!call) return;
    this.#admitted.delete(id);
    const { shares } = call;
    // A map that is rebuilt keeps its former entries until the next full collection (as in chat/flight.ts).
    call.shares = NONE;
    const now = this.#clock.now();
    for (const { subject, account, purse } of shares) {
      account.inFlight -= 1;
      account.tokens.correct(tokens - call.tokens, call.at, now);
      if (purse) purse.held -= call.hold;
      // A budget that was set while the call ran counts it too.
      const charged = purse ?? account.purse;
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
    const { spent, held, end } = this.#account(subject.id).purse!;
    return { spent, held, resetsAt: end };
  }

  async close(): Promise<void> {}

  #admitNow(ask: Ask): Verdict {
    const now = this.#clock.now();
    const shares = ask.subjects.map((subject): Share => {
      const account = this.#account(subject.id);
      return { subject, account, purse: subject.limits.budget ? account.purse : undefined };
    });
    let { tokens, hold } = ask;
    for (const { subject, account, purse } of shares) {
      const { rpm, tpm, maxConcurrency, budget } = subject.limits;
      if (rpm !== undefined) {
        const left = rpm - account.requests.used(now);
        if (left < 1) return refuse(subject, 'rpm', rpm, left, 1, account.requests.fallsTo(rpm - 1, now));
      }
      if (tpm !== undefined) {
        const left = tpm - account.tokens.used(now);
        if (left < ask.leastTokens) {
          const wait = ask.leastTokens > tpm ? undefined : account.tokens.fallsTo(tpm - ask.leastTokens, now);
          return refuse(subject, 'tpm', tpm, left, ask.leastTokens, wait);
        }
        tokens = Math.min(tokens, left);
      }
      if (maxConcurrency !== undefined && account.inFlight >= maxConcurrency)
        return refuse(subject, 'max_concurrency', maxConcurrency, 0, 1, 1_000);
      if (budget && purse) {
        const left = budget.amount - purse.spent - purse.held;
        if (ask.hold > 0 && left < Math.max(1, ask.leastHold)) {
          const wait = waitForBudget(ask, budget, purse, now);
          return refuse(subject, 'budget', budget.amount, left, ask.leastHold, wait);
        }
        hold = Math.min(hold, Math.max(0, left));
      }
    }
    for (const { subject, account, purse } of shares) {
      account.requests.add(1, now);
      account.tokens.add(tokens, now);
      account.inFlight += 1;
      if (purse) purse.held += hold;
      this.#busy.set(subject.id, account);
    }
    this.#admitted.set(ask.id, { shares, at: now, tokens, hold });
    return {
      admitted: true,
      hold,
      tokens,
      requestRate: nearest(shares, now, 'requests', 'rpm'),
      tokenRate: nearest(shares, now, 'tokens', 'tpm'),
    };
  }

  #account(id: string): Account {
    const known = this.#busy.get(id) ?? this.#idle.get(id);
    if (known) return known;
    const account: Account = { requests: new Window(), tokens: new Window(), inFlight: 0, purse: undefined };
    this.#idle.set(id, account);
    return account;
  }

  /** A budget whose spending in the current period is not known yet. */
  #needsSeed({ id, limits: { budget } }: Subject): boolean {
    if (!budget) return false;
    const { purse } = this.#account(id);
    if (purse?.period !== budget.period) return true;
    const now = this.#clock.now();
    return now < purse.start || (purse.end !== undefined && now >= purse.end);
  }

  #seed({ id, limits: { budget } }: Subject): Promise<void> {
    const { period } = budget!;
    const { start, end } = periodAt(period, this.#clock.now());
    const key = `${id} ${start} ${end}`;
    let seeding = this.#seeding.get(key);
    if (!seeding) {
      seeding = this.#books
        .spentSince(id, start)
        .then((spent) => {
          this.#account(id).purse = { period, start, end, spent, held: 0 };
        })
        .finally(() => this.#seeding.delete(key));
      this.#seeding.set(key, seeding);
    }
    return seeding;
  }
}

/** @param wait milliseconds until asking again can succeed */
function refuse(
  subject: Subject,
  limit: LimitName,
  allowed: number,
  left: number,
  needed: number,
  wait?: number,
): Verdict {
  const refusal: Refusal = { subject, limit, allowed, left: Math.max(0, left), needed, retryAfterMs: wait };
  return { admitted: false, refusal };
}

/** When held money may come back soon it is worth asking again; else when the next period begins. */
function waitForBudget(ask: Ask, { amount }: Budget, purse: Purse, now: number): number | undefined {
  if (purse.held > 0 && amount - purse.spent >= ask.leastHold) return 1_000;
  return purse.end === undefined || ask.leastHold > amount ? undefined : purse.end - now;
}

function nearest(
  shares: readonly Share[],
  now: number,
  count: 'requests' | 'tokens',
  limit: 'rpm' | 'tpm',
): RateState | undefined {
  let state: RateState | undefined;
  for (const share of shares) {
    const allowed = share.subject.limits[limit];
    if (allowed === undefined) continue;
    const window = share.account[count];
    const remaining = Math.max(0, allowed - window.used(now));
    if (!state || remaining / allowed < state.remaining / state.limit)
      state = { limit: allowed, remaining, resetMs: window.fallsTo(0, now) };
  }
  return state;
}
