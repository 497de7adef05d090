/** Whether the answer to one question answers another: first what forbids it, then what it costs. */
import { type Difference, pairOf } from './pair.ts';
import type { CanonicalQuestion } from './question.ts';
import { VETOES, type Veto } from './vetoes/veto.ts';

/** What was found between two questions: a veto, or else a cost. */
export interface Comparison {
  /** The name of what forbids it. */
  readonly veto: string | undefined;
  readonly cost: number;
  readonly differences: readonly Difference[];
}

/** The name of the veto on questions about different things. */
export const DIFFERENT_CORE = 'core';
/** Cost limits by name. */
export const STRICTNESS = { strict: 0.3, balanced: 0.6 } as const;

/** Symmetric. @param vetoes all of them but in tests */
export function compare(
  stored: CanonicalQuestion,
  asked: CanonicalQuestion,
  vetoes: readonly Veto[] = VETOES,
): Comparison {
  if (stored.core !== asked.core) return { veto: DIFFERENT_CORE, cost: 0, differences: [] };
  const pair = pairOf(stored, asked);
  const veto = vetoes.find(({ forbids }) => forbids(pair))?.name;
  return { veto, cost: pair.cost, differences: pair.differences };
}

/** Sums of prices such as 0.1 + 0.2 are a little more than they should be. */
const ROUNDING = 1e-9;

/** Whether they mean the same. @param limit the cost limit in force */
export function isHit({ veto, cost }: Comparison, limit: number): boolean {
  return veto === undefined && cost <= limit + ROUNDING;
}
