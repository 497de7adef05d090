/** Why a question counts as another one, in words that fit into a header. */
import type { Difference } from './pair.ts';

const MAX_BYTES = 200;

/** @returns ASCII; empty when nothing but small words differ */
export function explainDifferences(differences: readonly Difference[]): string {
  const text = differences
    .map(({ text }) => text.replace(/[^\x20-\x7e]|[,;]/g, ''))
    .filter(Boolean)
    .join(', ');
  return text.length <= MAX_BYTES ? text : `${text.slice(0, MAX_BYTES - 3)}...`;
}
