/** `npm run bench:semantic [-- FILE]`: how many paraphrases hit and how many near misses do, with 95 % intervals. */
import { STRICTNESS } from '../src/cache/semantic/compare.ts';
import { lowerBound, upperBound } from '../src/cache/semantic/intervals.ts';
import { type DecidedPair, decide, readPairs } from './semantic-pairs.ts';

const MIN_HITS = 0.72;
/** Of the hand-made hazards one is known to be wrong: "print a list in reverse" and "reverse a list". */
const MAX_FALSE_HAZARDS = 1;
const HAZARDS = 'near-miss/roles-and-meaning';
const LIMITS = [0, 0.15, 0.3, 0.45, 0.6, 0.8, 1];
const DEV_PAIRS = new URL('./semantic-pairs/semantic-dev-pairs.json', import.meta.url);

const file = process.argv[2];
const pairs = readPairs(file ?? DEV_PAIRS);
const decided = decide(pairs, STRICTNESS.balanced);
const paraphrases = decided.filter(({ same }) => same);
const nearMisses = decided.filter(({ same }) => !same);

console.log(`paraphrases that hit     ${rate(paraphrases)}`);
console.log(`near misses that hit     ${rate(nearMisses)}`);
console.log('\nby kind');
for (const [kind, members] of Map.groupBy(decided, ({ kind }) => kind.split('/').slice(0, 2).join('/')))
  console.log(`  ${kind.padEnd(34)} ${rate(members)}`);
console.log('\nby cost limit');
for (const limit of LIMITS) {
  const share = (same: boolean) =>
    rate(
      decide(
        pairs.filter((pair) => pair.same === same),
        limit,
      ),
    );
  console.log(`  ${limit.toFixed(2)}  hits ${share(true)}   false ${share(false)}`);
}
const falseHits = nearMisses.filter(({ isHit }) => isHit);
for (const { a, b, kind } of falseHits) console.log(`\nfalse hit (${kind})\n  ${a}\n  ${b}`);

if (!file) {
  const falseHazards = falseHits.filter(({ kind }) => kind === HAZARDS).length;
  const isMet =
    share(paraphrases) >= MIN_HITS && falseHits.length === falseHazards && falseHazards <= MAX_FALSE_HAZARDS;
  console.log(isMet ? '\nmet' : '\nNOT met');
  if (!isMet) process.exitCode = 1;
}

function share(members: readonly DecidedPair[]): number {
  return members.filter(({ isHit }) => isHit).length / Math.max(1, members.length);
}

function rate(members: readonly DecidedPair[]): string {
  const hits = members.filter(({ isHit }) => isHit).length;
  const percent = (value: number) => (100 * value).toFixed(1);
  const bounds = [lowerBound(hits, members.length, 0.975), upperBound(hits, members.length, 0.975)]
    .map(percent)
    .join('-');
  return `${hits}/${members.length} = ${percent(share(members))} % (${bounds})`;
}
