/** What is worth an alert: of each thing that happens at once, of what lasts when it is looked at every few seconds. */
import type { BudgetUse } from '../../core/budget-use.ts';
import { DAY } from '../../core/durations.ts';
import type { Event } from '../../events/event.ts';
import { statusOf } from '../../events/outcome.ts';
import type { CallRecord } from '../../events/receipt.ts';
import type { Alert } from './alert.ts';
import { ErrorRate } from './error-rate.ts';
import { sharedWithWorkers } from './error-rate-of-workers.ts';

/** Milliseconds since the epoch until a model's end from which on it is told. */
const RETIREMENT_NOTICE = 30 * DAY;
/** Keys whose budgets are looked at in one go; the others wait for the next. */
const MAX_KEYS = 50;
/** Keys that wait to be looked at. */
const MAX_WAITING_KEYS = 1_000;
/** Shares of a budget that are told. */
const BUDGET_MARKS = [1, 0.8] as const;

/** Where a chain, a model or a budget stands. */
export interface Watched {
  /** Configured chains with the number of their targets that can be called now. */
  chains(): readonly { readonly name: string; readonly targets: number; readonly usable: number }[];
  /** Configured targets, and the day they go off, where it is known (`YYYY-MM-DD`). */
  models(): readonly {
    readonly target: string;
    readonly retires: string | undefined;
    readonly successor: string | undefined;
  }[];
  /** Budgets that a key's calls are paid from. */
  budgets(keyId: string, user: string | undefined): Promise<readonly BudgetUse[]>;
}

/** What is looked at, and from when on it is worth an alert. */
export interface AlertRuleOptions {
  readonly watched: Watched;
  /** From 0 to 1; 0 tells of none. */
  readonly errorRate: number;
  /** This process is one of several workers, which have one error rate. */
  readonly isWorker?: boolean;
}

/** Remembers what it must to tell a beginning from a going on. */
export class AlertRules {
  readonly #watched: Watched;
  readonly #errorRate: number;
  readonly #recent = new ErrorRate();
  readonly #tellWorkers: ((now: number) => void) | undefined;
  /** Keys that were used, or refused, since their budgets were looked at; with the user of the request. */
  readonly #usedKeys = new Map<string, { keyId: string; user: string | undefined }>();
  #configuredIds: ReadonlySet<string> | undefined;

  constructor({ watched, errorRate, isWorker }: AlertRuleOptions) {
    this.#watched = watched;
    this.#errorRate = errorRate;
    this.#tellWorkers = isWorker ? sharedWithWorkers(this.#recent) : undefined;
  }

  /** Alerts that an event is worth. */
  ofEvent(event: Event): Alert[] {
    switch (event.type) {
      case 'call_settled':
        return this.#ofCall(event.record, event.at);
      case 'request_refused':
        if (event.status >= 500 && event.kind !== 'overloaded') this.#recent.add(true, event.at);
        if (event.kind === 'budget_exceeded' && event.keyId) this.#used(event.keyId, undefined);
        return [];
      case 'config_changed':
        this.#configuredIds = undefined;
        return [];
      case 'ledger_failing':
        return [ledgerAlert('firing', `Rows wait in memory: ${event.reason}`)];
      case 'ledger_row_lost':
        return [
          ledgerAlert('firing', `A row is lost (request ${event.requestId}): its spending is unknown.`),
        ];
      case 'ledger_recovered':
        return [ledgerAlert('resolved', 'The rows that waited are written.')];
      case 'store_unavailable':
        return [storeAlert(event.store, 'firing', event.reason)];
      case 'store_available':
        return [storeAlert(event.store, 'resolved', 'It answers again.')];
      default:
        return [];
    }
  }

  /** What lasts: one alert for each thing that is looked at, `resolved` where all is well. @param now since the epoch */
  async look(now: number): Promise<Alert[]> {
    this.#tellWorkers?.(now);
    const rate = this.#recent.at(now);
    return [
      ...this.#watched.chains().map(chainAlert),
      ...this.#watched.models().flatMap((model) => retirementAlert(model, now)),
      ...(rate && this.#errorRate > 0 ? [rateAlert(rate, this.#errorRate)] : []),
      ...(await this.#ofBudgets()),
    ];
  }

  #ofCall({ receipt }: CallRecord, at: number): Alert[] {
    this.#recent.add(statusOf(receipt) >= 500, at);
    if (receipt.key_id && receipt.hold_usd > 0) this.#used(receipt.key_id, receipt.user ?? undefined);
    if (receipt.cache === 'coalesced') return [];
    return receipt.attempts.flatMap(({ target, kind }) => {
      const provider = target.slice(0, target.indexOf('/'));
      if (kind === 'upstream_unauthorized' || kind === 'upstream_quota') return [keyAlert(provider, kind)];
      // Callers may ask for models that never were.
      if (kind === 'model_gone' && this.#isConfigured(target)) return [goneAlert(target)];
      return [];
    });
  }

  #isConfigured(target: string): boolean {
    this.#configuredIds ??= new Set(this.#watched.models().map((model) => model.target));
    return this.#configuredIds.has(target);
  }

  #used(keyId: string, user: string | undefined): void {
    if (this.#usedKeys.size < MAX_WAITING_KEYS) this.#usedKeys.set(`${keyId} ${user ?? ''}`, { keyId, user });
  }

  async #ofBudgets(): Promise<Alert[]> {
    const alerts: Alert[] = [];
    for (const [place, { keyId, user }] of [...this.#usedKeys].slice(0, MAX_KEYS)) {
      this.#usedKeys.delete(place);
      // What cannot be asked now is asked with the key's next call.
      const budgets = await this.#watched.budgets(keyId, user).catch(() => []);
      alerts.push(...budgets.flatMap(budgetAlert));
    }
    return alerts;
  }
}

function chainAlert({ name, targets, usable }: ReturnType<Watched['chains']>[number]): Alert {
  const isDown = usable === 0;
  return {
    kind: 'chain_down',
    subject: name,
    severity: 'critical',
    state: isDown ? 'firing' : 'resolved',
    title: isDown ? `No model of the chain ${name} can be called` : `The chain ${name} answers again`,
    detail: isDown
      ? `All ${targets} targets are cooling down. GET /models/health says why and until when.`
      : `${usable} of ${targets} targets can be called.`,
  };
}

function retirementAlert(
  { target, retires, successor }: ReturnType<Watched['models']>[number],
  now: number,
): Alert[] {
  if (!retires) return [];
  const left = Date.parse(retires) - now;
  // What is off already and has a successor is answered by that.
  if (left > RETIREMENT_NOTICE || (left < 0 && successor)) return [];
  const answer = successor
    ? `${successor} answers in its place then.`
    : 'It has no successor: configure another model.';
  return [
    {
      kind: 'model_retired',
      subject: `${target} ${retires}`,
      severity: 'warning',
      state: 'firing',
      title:
        left < 0 ? `${target} was to be retired on ${retires}` : `${target} will be retired on ${retires}`,
      detail: answer,
    },
  ];
}

function rateAlert(rate: NonNullable<ReturnType<ErrorRate['at']>>, limit: number): Alert {
  const isHigh = rate.share > limit;
  const percent = `${Math.round(rate.share * 100)} %`;
  return {
    kind: 'error_rate',
    subject: 'requests',
    severity: 'critical',
    state: isHigh ? 'firing' : 'resolved',
    title: isHigh ? `${percent} of all requests fail` : `Requests are answered again: ${percent} fail`,
    detail: `${rate.failures} of ${rate.requests} requests of the last five minutes were answered with 500 or more; the limit is ${limit * 100} %.`,
  };
}

function budgetAlert({ id, label, amount, spent, resetsAt }: BudgetUse): Alert[] {
  const mark = BUDGET_MARKS.find((share) => spent >= share * amount);
  if (mark === undefined) return [];
  const until =
    resetsAt === undefined
      ? 'It does not begin anew.'
      : `It begins anew ${new Date(resetsAt).toISOString()}.`;
  return [
    {
      kind: 'budget',
      // Another period is another thing to tell of.
      subject: `${id} ${mark * 100} ${resetsAt ?? 'total'}`,
      severity: mark === 1 ? 'critical' : 'warning',
      state: 'firing',
      title: mark === 1 ? `The budget of ${label} is spent` : `80 % of the budget of ${label} is spent`,
      detail: `$${spent.toFixed(2)} of $${amount.toFixed(2)}. ${until}`,
    },
  ];
}

function keyAlert(provider: string, kind: 'upstream_unauthorized' | 'upstream_quota'): Alert {
  const isRefused = kind === 'upstream_unauthorized';
  return {
    kind: 'provider_key_refused',
    subject: `${provider} ${kind}`,
    severity: 'critical',
    state: 'firing',
    title: isRefused ? `${provider} refuses our key` : `${provider} says that our account has no credit left`,
    detail: isRefused
      ? 'Check the key of this provider and its rights; other models answer meanwhile, where a chain has some.'
      : 'Top up the account or raise its limit; other models answer meanwhile, where a chain has some.',
  };
}

function goneAlert(target: string): Alert {
  return {
    kind: 'model_retired',
    subject: `${target} gone`,
    severity: 'critical',
    state: 'firing',
    title: `${target} is gone, says its provider`,
    detail:
      'Its successor answers in its place where it has one, for a day at a time. Configure another model.',
  };
}

function ledgerAlert(state: Alert['state'], detail: string): Alert {
  const title = state === 'firing' ? 'The ledger cannot be written' : 'The ledger is written again';
  return { kind: 'ledger_failing', subject: 'ledger', severity: 'critical', state, title, detail };
}

function storeAlert(store: 'postgresql' | 'redis', state: Alert['state'], detail: string): Alert {
  const name = store === 'redis' ? 'Redis' : 'PostgreSQL';
  const title = state === 'firing' ? `${name} cannot be reached` : `${name} is back`;
  return { kind: 'store_unavailable', subject: store, severity: 'warning', state, title, detail };
}
