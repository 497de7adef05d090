import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readPairs } from '../../../bench/semantic-pairs.ts';
import { compare, isHit, STRICTNESS } from '../../../src/cache/semantic/compare.ts';
import { isSelfContained, promptEligibility } from '../../../src/cache/semantic/eligibility.ts';
import { canonicalise } from '../../../src/cache/semantic/question.ts';
import { Vocabulary } from '../../../src/cache/semantic/vocabulary.ts';

const vocabulary = new Vocabulary();
const pairs = readPairs(new URL('../../../bench/semantic-pairs/semantic-dev-pairs.json', import.meta.url));
const questions = [...new Set(pairs.flatMap(({ a, b }) => [a, b]))];
const read = (prompt: string) => canonicalise(prompt, vocabulary);
const hits = (a: string, b: string) => isHit(compare(read(a), read(b)), STRICTNESS.balanced);
const anyQuestion = fc.constantFrom(...questions);

it('comparing is symmetric', () => {
  for (const { a, b } of pairs) {
    const [there, back] = [compare(read(a), read(b)), compare(read(b), read(a))];
    expect([back.veto, back.cost.toFixed(6)], `${a} / ${b}`).toEqual([there.veto, there.cost.toFixed(6)]);
  }
});

it('a question is itself, unless it says too little', () => {
  for (const question of questions) {
    const { veto, cost } = compare(read(question), read(question));
    expect([undefined, 'says too little'], question).toContain(veto);
    expect(cost).toBe(0);
  }
});

it('of the near misses none but one known hazard hits, of the paraphrases at least 72 %', () => {
  const wrong = pairs.filter(({ a, b, same }) => !same && hits(a, b));
  expect(wrong.map(({ kind }) => kind)).toEqual(['near-miss/roles-and-meaning']);
  const paraphrases = pairs.filter(({ same }) => same);
  expect(paraphrases.filter(({ a, b }) => hits(a, b)).length / paraphrases.length).toBeGreaterThan(0.72);
});

describe('what does not change a question', () => {
  it.each(['Hello! ', 'Please, ', 'Hi there, '])('"%s" before it', (greeting) => {
    fc.assert(
      fc.property(anyQuestion, (question) => {
        fc.pre(isSelfContained(read(question)));
        expect(read(greeting + question).core).toBe(read(question).core);
      }),
    );
  });
});

describe('what always does', () => {
  it('another number', () => {
    fc.assert(
      fc.property(fc.nat(9999), fc.nat(9999), (n, m) => {
        fc.pre(n !== m);
        expect(
          hits(`show the first ${n} lines of a file in bash`, `show the first ${m} lines of a file in bash`),
        ).toBe(false);
      }),
    );
  });

  it('another literal', () => {
    const name = fc.stringMatching(/^[a-z]{1,6}[A-Z][a-z]{1,6}$/);
    fc.assert(
      fc.property(name, name, (a, b) => {
        fc.pre(a.toLowerCase() !== b.toLowerCase());
        expect(hits(`what does ${a}() return in node`, `what does ${b}() return in node`)).toBe(false);
      }),
    );
  });

  it('a name in another case', () => {
    expect(hits('what does `getUser` return in node', 'what does `getuser` return in node')).toBe(false);
  });

  it('"not"', () => {
    fc.assert(
      fc.property(anyQuestion, (question) => {
        fc.pre(!/```|\bnot\b/i.test(question));
        expect(hits(question, `${question.replace(/[.?!]+$/, '')} but not in a loop`)).toBe(false);
      }),
    );
  });

  it('one character of code', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z]{1,8}$/), fc.stringMatching(/^[a-z]{1,8}$/), (a, b) => {
        fc.pre(a !== b);
        const ask = (name: string) => `why does it throw?\n\`\`\`js\n${name}.push(1);\n\`\`\``;
        expect(hits(ask(a), ask(b))).toBe(false);
      }),
    );
  });
});

describe('odd text', () => {
  it('any text is read without a throw', () => {
    fc.assert(fc.property(fc.string({ maxLength: 400, unit: 'binary' }), (text) => void read(text)));
  });

  const ODD = {
    'one letter': 'a'.repeat(16_000),
    quotes: '"a '.repeat(5_000),
    'back-quotes': '`'.repeat(16_000),
    'nested fences': '```js\n'.repeat(2_500),
    brackets: '(['.repeat(8_000),
    'how can': 'how can it be '.repeat(1_100),
    'slots of phrases': 'what does the '.repeat(1_100),
    'check if': 'check if '.repeat(1_700),
    'make from': 'make a '.repeat(2_200),
    'equal signs': 'a = '.repeat(4_000),
    'two words': 'x y '.repeat(4_000),
  };

  // A pattern that goes back over its text would take minutes here, and the test would time out.
  it.each(Object.entries(ODD))('%s takes time in proportion to its length', (_, text) => {
    for (let round = 0; round < 10; round++) expect(read(text + round).core).toBeTypeOf('string');
  });

  it('longer texts are not read at all', () => {
    expect(promptEligibility('a'.repeat(1_000_000))).toEqual({ reason: 'too long' });
    expect(promptEligibility('broken \ud800 text')).toEqual({ reason: 'broken text' });
  });
});
