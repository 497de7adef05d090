import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Seam, SeamError } from '../../src/routing/seam.ts';
import { canonicalAnswer } from '../../src/simulator/answer.ts';

/** What the caller has in the end, when the continuation arrives in pieces of `size` characters. */
function join(sent: string, continuation: string, size: number, shown = sent): string {
  const seam = new Seam(sent, shown);
  let text = sent;
  for (let at = 0; at < continuation.length; at += size) text += seam.feed(continuation.slice(at, at + size));
  return text + seam.end();
}

/** An answer with prose, a code block, indentation, repeated marks and characters of several bytes. */
const answer = `${canonicalAnswer('hello world in Go')}\n\nNaïve, but “good” — 世界 👋🏽.`;
const cut = fc.integer({ min: 1, max: answer.length - 1 });
const size = fc.integer({ min: 1, max: 40 });

describe('an answer is joined without a seam', () => {
  it('when the continuation starts exactly where it stopped', () => {
    fc.assert(
      fc.property(cut, size, (at, pieces) => {
        expect(join(answer.slice(0, at), answer.slice(at), pieces)).toBe(answer);
      }),
      { numRuns: 500 },
    );
  });

  it('when the continuation starts from the beginning', () => {
    fc.assert(
      fc.property(cut, size, (at, pieces) => {
        expect(join(answer.slice(0, at), answer, pieces)).toBe(answer);
      }),
      { numRuns: 500 },
    );
  });

  it('when the continuation repeats some words', () => {
    fc.assert(
      fc.property(cut, size, fc.integer({ min: 4, max: 12 }), (at, pieces, words) => {
        const sent = answer.slice(0, at);
        const starts = [...sent.matchAll(/\S+/g)].map((word) => word.index);
        fc.pre(starts.length > words);
        expect(join(sent, answer.slice(starts.at(-words)), pieces)).toBe(answer);
      }),
      { numRuns: 500 },
    );
  });

  it('when the model was not shown the white space at the end, and gives it again', () => {
    fc.assert(
      fc.property(cut, size, (at, pieces) => {
        const sent = answer.slice(0, at);
        const shown = sent.trimEnd();
        expect(join(sent, answer.slice(shown.length), pieces, shown)).toBe(answer);
      }),
      { numRuns: 500 },
    );
  });
});

describe('a repetition is told from chance', () => {
  it('keeps the indentation of a line that is cut within it', () => {
    expect(join('if x:\n    ', '    return 1', 3)).toBe('if x:\n        return 1');
  });

  it('keeps a letter that happens to be the same', () => {
    expect(join('hel', 'lo world', 1)).toBe('hello world');
  });

  it('keeps a closing brace after a closing brace', () => {
    expect(join('    }\n', '  }\n}\n', 2)).toBe('    }\n  }\n}\n');
  });
});

describe('a code block that is still open', () => {
  it('is not opened again', () => {
    expect(join('Here:\n```go\npackage main\n', '```go\nfunc main() {}\n```', 4)).toBe(
      'Here:\n```go\npackage main\nfunc main() {}\n```',
    );
  });

  it('may be closed by the continuation', () => {
    expect(join('Here:\n```go\npackage main\n', '```\nDone.', 4)).toBe(
      'Here:\n```go\npackage main\n```\nDone.',
    );
  });
});

it('a continuation that only had the end to give adds nothing', () => {
  expect(join(answer, '', 1)).toBe(answer);
});

it('a model that starts over with other words is not joined', () => {
  const sent = 'To print hello world in Go you call fmt.Println in the function main.';
  const other = 'To print hello world in Go you call fmt.Print, which takes a list of values.';
  expect(() => join(sent, other, 5)).toThrow(SeamError);
});
