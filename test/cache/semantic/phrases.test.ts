import { describe, expect, it } from 'vitest';
import { compilePhrases } from '../../../src/cache/semantic/phrase-notation.ts';
import { replacePhrases } from '../../../src/cache/semantic/phrases.ts';

const replace = (text: string) => replacePhrases(text.split(' ')).join(' ');

describe('phrases', () => {
  it.each([
    ['hello world in c', 'helloworld in c'],
    ['hi there , how do i sort a list', ', howto sort a list'],
    ['could you please show me how to sort', 'howto sort'],
    ['what is the best way to get rid of spaces', 'howto remove spaces'],
    ['what does idempotent mean', 'explain idempotent'],
    ['how does a b tree work', 'explain a b tree work'],
    ['is x at least 5', 'is x gte 5'],
    ['under 5 seconds', 'lt 5 seconds'],
    ['under linux', 'under linux'],
    ['turn on logging', 'enable logging'],
    ['turning off logging', 'disable logging'],
    ['convert a list of lists', 'convert a nestedlist'],
    ['check whether a key is in a dict', 'check a key contain in a dict'],
    ['if statement', 'ifclause'],
    ['node js on mac os x', 'node on macos'],
  ])('%s → %s', (text, expected) => expect(replace(text)).toBe(expected));

  it('the longest phrase counts, not the first one', () => {
    expect(replace('binary search tree')).toBe('bst');
    expect(replace('binary search')).toBe('binarysearch');
  });

  it('a phrase does not reach over the end of a sentence', () => {
    expect(replace('what does this | it is mean')).toBe('whatdoes this | it is mean');
  });

  it('a line without "=>" is no rule', () => {
    expect(() => compilePhrases('just words')).toThrow('just words');
  });
});
