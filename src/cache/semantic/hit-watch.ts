import { LRUCache } from 'lru-cache';
import { atMost } from '../../core/entry-bound.ts';
import type { LookupOptions } from '../answer-store.ts';
import { type Comparison, isHit, STRICTNESS } from './compare.ts';
import { ErrorBudget } from './error-budget.ts';
import { HitLog, type LoggedHit } from './hit-log.ts';

/** Scopes whose callers have reported something; the longest unused one is forgotten. */
const MAX_SCOPES = 1_000;

/** What the owner allows. */
export interface HitWatchOptions {
  /** Share of hits that may be wrong; 0.01 by default. */
  readonly budget?: number | undefined;
  /** The owner's cost limit; `STRICTNESS.balanced` by default. */
  readonly limit?: number | undefined;
}

/** Undefined where two questions may meet. */
export type HitRefusal =
  | 'reported wrong'
  | 'rule switched off'
  | 'differs too much'
  | (string & {})
  | undefined;

/**
 * Which hits may be served: within what cost, by which rules, and not for pairs that were wrong. The judge and the
 * administrator speak for all; what a caller says counts for that caller's own questions, so that nobody can close
 * the cache for others.
 */
export class HitWatch {
  /** What the judge and the administrator say. */
  readonly budget: ErrorBudget;
  readonly #hits = new HitLog();
  readonly #ofScopes = new LRUCache<string, ErrorBudget>(atMost(MAX_SCOPES));
  readonly #options: Required<{ budget: number; limit: number }>;
  #reports = 0;

  constructor({ budget = 0.01, limit = STRICTNESS.balanced }: HitWatchOptions) {
    this.#options = { budget, limit };
    this.budget = new ErrorBudget(budget, limit);
  }

  /** How many wrong answers people have reported. */
  get reports(): number {
    return this.#reports;
  }

  /** The cost limit in force; negative when nothing may be served. */
  limit(scope: string, similar: LookupOptions['similar']): number {
    const limit = Math.min(this.budget.limit, this.#ofScopes.get(scope)?.limit ?? this.#options.limit);
    return similar === 'strict' ? Math.min(STRICTNESS.strict, limit) : limit;
  }

  /** Whether the two questions of this scope may not meet, and why. */
  refuses(
    { scope, stored, asked }: Pick<LoggedHit, 'scope' | 'stored' | 'asked'>,
    comparison: Comparison,
    limit: number,
  ): HitRefusal {
    if (this.#hits.isWrong(scope, stored, asked)) return 'reported wrong';
    if (comparison.veto !== undefined) return comparison.veto;
    const own = this.#ofScopes.get(scope);
    const isOff = (rule: string) => this.budget.isRuleOff(rule) || own?.isRuleOff(rule) === true;
    if (comparison.differences.some(({ rule }) => isOff(rule))) return 'rule switched off';
    return isHit(comparison, limit) ? undefined : 'differs too much';
  }

  served(requestId: string | undefined, hit: LoggedHit): void {
    this.#hits.add(requestId, hit);
  }

  /**
   * Somebody says that the hit of this request was wrong.
   * @param scope the caller's; undefined for the administrator
   * @returns false for a request that is unknown, somebody else's, or was reported before
   */
  reportWrong(requestId: string, scope: string | undefined): boolean {
    const hit = this.#hits.take(requestId, scope);
    if (!hit) return false;
    this.#reports++;
    this.#hits.forbid(scope, hit.stored, hit.asked);
    this.#budgetOf(scope).record(true, hit.rules);
    return true;
  }

  /** The judge's word. */
  audited(isWrong: boolean, { stored, asked, rules }: Omit<LoggedHit, 'scope'>): void {
    this.budget.record(isWrong, rules);
    if (isWrong) this.#hits.forbid(undefined, stored, asked);
  }

  #budgetOf(scope: string | undefined): ErrorBudget {
    if (scope === undefined) return this.budget;
    const known = this.#ofScopes.get(scope);
    if (known) return known;
    const made = new ErrorBudget(this.#options.budget, this.#options.limit);
    this.#ofScopes.set(scope, made);
    return made;
  }
}
