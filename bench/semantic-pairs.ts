/** Pairs of questions with the right decision, and what the comparison makes of them. */
import { readFileSync } from 'node:fs';
import { type Comparison, compare, isHit } from '../src/cache/semantic/compare.ts';
import { isSelfContained, promptEligibility } from '../src/cache/semantic/eligibility.ts';
import { canonicalise } from '../src/cache/semantic/question.ts';
import { Vocabulary } from '../src/cache/semantic/vocabulary.ts';

export interface LabelledPair {
  readonly a: string;
  readonly b: string;
  /** The answer to one answers the other. */
  readonly same: boolean;
  readonly kind: string;
}

export interface DecidedPair extends LabelledPair {
  readonly isHit: boolean;
  readonly comparison: Comparison;
}

/** @throws {Error} for a file that is no list of pairs */
export function readPairs(file: string | URL): LabelledPair[] {
  const value: unknown = JSON.parse(readFileSync(file, 'utf8'));
  if (!Array.isArray(value)) throw new Error('Expected a JSON list of {"a", "b"}.');
  return value.map((pair: Partial<LabelledPair>, at) => {
    if (typeof pair?.a !== 'string' || typeof pair.b !== 'string')
      throw new Error(`Pair ${at + 1} needs "a" and "b".`);
    return { a: pair.a, b: pair.b, same: pair.same === true, kind: pair.kind ?? '' };
  });
}

export function decide(pairs: readonly LabelledPair[], limit: number): DecidedPair[] {
  const vocabulary = new Vocabulary();
  return pairs.map((pair) => {
    const comparison = comparePrompts(pair.a, pair.b, vocabulary);
    return { ...pair, comparison, isHit: isHit(comparison, limit) };
  });
}

/** With all that stands before a comparison in the server. */
export function comparePrompts(stored: string, asked: string, vocabulary: Vocabulary): Comparison {
  const [first, second] = [stored, asked].map((prompt) => {
    const canonical = 'prompt' in promptEligibility(prompt) ? canonicalise(prompt, vocabulary) : undefined;
    return canonical && isSelfContained(canonical) ? canonical : undefined;
  });
  if (!first || !second) return { veto: 'ineligible', cost: 0, differences: [] };
  return compare(first, second);
}
