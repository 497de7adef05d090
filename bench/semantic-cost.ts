/** `npm run bench:semantic-cost`: time of a lookup that misses, and memory of 100,000 entries. Run with --expose-gc. */
import { canonicalise } from '../src/cache/semantic/question.ts';
import { QuestionIndex } from '../src/cache/semantic/question-index.ts';
import { bucketKey } from '../src/cache/semantic/scope.ts';
import { Vocabulary } from '../src/cache/semantic/vocabulary.ts';
import { readPairs } from './semantic-pairs.ts';

const ENTRIES = 100_000;
const ROUNDS = 30;
const MEDIAN_LENGTH = 47;
const SPREAD = 5;

const vocabulary = new Vocabulary();
const questions = [
  ...new Set(
    readPairs(new URL('./semantic-pairs/semantic-dev-pairs.json', import.meta.url)).flatMap(({ a, b }) => [
      a,
      b,
    ]),
  ),
];
const median = questions.filter(({ length }) => Math.abs(length - MEDIAN_LENGTH) <= SPREAD);

const index = new QuestionIndex(256 * 2 ** 20);
globalThis.gc?.();
const before = process.memoryUsage().heapUsed;
for (let n = 0; n < ENTRIES; n++) {
  const prompt = `${questions[n % questions.length]} variant${n}`;
  const exactKey = `${'k'.repeat(40)}${n}`;
  index.add(bucketKey('scope', canonicalise(prompt, vocabulary), ''), {
    prompt,
    exactKey,
    requestId: `req-${n}`,
  });
}
globalThis.gc?.();
console.log(`${index.size} buckets: ${((process.memoryUsage().heapUsed - before) / 2 ** 20).toFixed(1)} MB`);

const times: number[] = [];
for (let round = 0; round < ROUNDS; round++) {
  const start = performance.now();
  for (const prompt of median) index.get(bucketKey('scope', canonicalise(prompt, vocabulary), ''));
  times.push(((performance.now() - start) * 1000) / median.length);
}
times.sort((a, b) => a - b);
console.log(
  `${median.length} questions of about ${MEDIAN_LENGTH} characters: ${times[ROUNDS >> 1]!.toFixed(1)} µs a lookup that misses (median), ${times[0]!.toFixed(1)} µs (best round)`,
);
