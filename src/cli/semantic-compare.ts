/** `npm run semantic:compare -- FILE`: for each pair of a JSON list [{"a", "b"}] whether it would hit, its cost, and what forbids it. */
import { readFileSync } from 'node:fs';
import { compare, isHit, STRICTNESS } from '../cache/semantic/compare.ts';
import { isSelfContained, promptEligibility } from '../cache/semantic/eligibility.ts';
import { explainDifferences } from '../cache/semantic/explain.ts';
import { canonicalise } from '../cache/semantic/question.ts';
import { Vocabulary } from '../cache/semantic/vocabulary.ts';

const [file] = process.argv.slice(2);
if (!file) {
  console.error(
    'Usage: npm run semantic:compare -- FILE   (a JSON list of {"a": "…", "b": "…"}; "same": true is counted)',
  );
  process.exit(2);
}
const vocabulary = new Vocabulary();
const counts = { hits: 0, same: 0, falseHits: 0, different: 0 };
for (const { a, b, same } of readPairs(file)) {
  const [stored, asked] = [a, b].map(read);
  const result = stored && asked ? compare(stored, asked) : { veto: 'ineligible', cost: 0, differences: [] };
  const hit = isHit(result, STRICTNESS.balanced);
  const why = result.veto ?? explainDifferences(result.differences);
  console.log(
    [hit ? 'hit' : 'miss', result.cost.toFixed(2), why, a, b].map((cell) => JSON.stringify(cell)).join('\t'),
  );
  if (same === undefined) continue;
  if (same) counts.same++;
  else counts.different++;
  if (hit && same) counts.hits++;
  if (hit && !same) counts.falseHits++;
}
if (counts.same + counts.different > 0) {
  console.log(`hits ${counts.hits}/${counts.same}, false ${counts.falseHits}/${counts.different}`);
}

function read(prompt: string) {
  if (!('prompt' in promptEligibility(prompt))) return undefined;
  const canonical = canonicalise(prompt, vocabulary);
  return isSelfContained(canonical) ? canonical : undefined;
}

function readPairs(path: string): { a: string; b: string; same?: boolean }[] {
  const value: unknown = JSON.parse(readFileSync(path, 'utf8'));
  const isPair = (pair: unknown) =>
    typeof pair === 'object' &&
    pair !== null &&
    'a' in pair &&
    'b' in pair &&
    typeof pair.a === 'string' &&
    typeof pair.b === 'string';
  if (!Array.isArray(value) || !value.every(isPair)) {
    console.error('The file must hold a JSON list of {"a": "…", "b": "…"}.');
    process.exit(2);
  }
  return value;
}
