/** What the store counts, and the report made of it. */
import type { HitWatch } from './hit-watch.ts';
import { upperBound } from './intervals.ts';

/** How a lookup ended; `audited` is a hit for which the model was asked all the same, `would_hit` one in shadow mode. */
export type LookupResult = 'hit' | 'miss' | 'veto' | 'ineligible' | 'audited' | 'would_hit' | 'error';

/** What administrators see of the store. */
export interface SemanticReport {
  readonly lookups: Readonly<Record<string, number>>;
  readonly vetoes: Readonly<Record<string, number>>;
  readonly ineligible: Readonly<Record<string, number>>;
  readonly audits: { readonly right: number; readonly wrong: number; readonly unknown: number };
  /** Wrong answers that people have reported; a caller's count for that caller alone. */
  readonly reportedWrong: number;
  readonly entries: number;
  /** `unaudited` without a judge. */
  readonly state: string;
  readonly limit: number;
  /** With 95 % confidence no more hits are wrong than this share. */
  readonly falseRateUpper: number;
}

/** Counts of one process since its start. */
export class SemanticCounters {
  readonly #lookups = new Map<string, number>();
  readonly #vetoes = new Map<string, number>();
  readonly #ineligible = new Map<string, number>();
  unknownAudits = 0;

  lookup(result: LookupResult): void {
    increment(this.#lookups, result);
  }

  veto(name: string): void {
    increment(this.#vetoes, name);
  }

  ineligible(reason: string): void {
    increment(this.#ineligible, reason);
  }

  report({ budget, reports }: HitWatch, entries: number, hasJudge: boolean): SemanticReport {
    const { audits, wrong } = budget.counts;
    return {
      lookups: Object.fromEntries(this.#lookups),
      vetoes: Object.fromEntries(this.#vetoes),
      ineligible: Object.fromEntries(this.#ineligible),
      audits: { right: audits - wrong, wrong, unknown: this.unknownAudits },
      reportedWrong: reports,
      entries,
      state: hasJudge || budget.state === 'off' ? budget.state : 'unaudited',
      limit: budget.limit,
      falseRateUpper: upperBound(wrong, audits),
    };
  }
}

const increment = (counts: Map<string, number>, name: string) =>
  counts.set(name, (counts.get(name) ?? 0) + 1);
