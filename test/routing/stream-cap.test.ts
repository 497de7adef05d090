import fc from 'fast-check';
import { get_encoding } from 'tiktoken';
import { afterAll, expect, it } from 'vitest';
import { TokenMeter } from '../../src/routing/token-meter.ts';

const encodings = (['o200k_base', 'cl100k_base', 'gpt2'] as const).map((name) => get_encoding(name));
afterAll(() => {
  for (const encoding of encodings) encoding.free();
});

/** Tokens at least, of a text that comes in these pieces. */
function atLeast(...pieces: string[]): number {
  const meter = new TokenMeter();
  for (const piece of pieces) meter.add(piece, Number.POSITIVE_INFINITY);
  return meter.tokens;
}

const SAMPLES = [
  'The quick brown fox jumps over the lazy dog, and it does so every single day of the year.',
  'export async function readBody(request: IncomingMessage): Promise<Buffer> {\n  const parts: Buffer[] = [];\n}',
  '{"name":"web","limits":[1,2,3.25],"nested":{"deep":{"er":null}}}',
  '日本語のテキストは空白で区切られていません。中文也是这样。',
  'def f(x):\n    return x ** 2  # squared\n\n\n========================================\n',
  'Здравствуй, мир! Ça va? Übergrößenträger 👋🏽👋🏽👋🏽 🇩🇪',
];

it.each(SAMPLES)('%j has no fewer tokens than are counted, whatever the tokeniser', (text) => {
  for (const encoding of encodings)
    expect(atLeast(text)).toBeLessThanOrEqual(encoding.encode_ordinary(text).length);
});

it('of text of any kind no tokeniser makes fewer tokens', () => {
  const words = fc.array(
    fc.oneof(fc.constantFrom('the', 'a', ' ', '\n', '==', '.', '日本', 'x1'), fc.string({ maxLength: 8 })),
  );
  fc.assert(
    fc.property(words, (pieces) => {
      const text = pieces.join('').toWellFormed();
      const real = Math.min(...encodings.map((encoding) => encoding.encode_ordinary(text).length));
      expect(atLeast(text)).toBeLessThanOrEqual(real);
    }),
  );
});

it('prose and code have at most half as many again', () => {
  for (const text of SAMPLES.slice(0, 2))
    expect(encodings[0]!.encode_ordinary(text).length).toBeLessThan(1.6 * atLeast(text));
});

it('it is all the same where a text is cut into pieces', () => {
  fc.assert(
    fc.property(fc.constantFrom(...SAMPLES), fc.nat(40), (text, at) => {
      expect(atLeast(text.slice(0, at), text.slice(at))).toBe(atLeast(text));
    }),
  );
});

it('the text within a limit ends before the first token beyond it, and within no character', () => {
  expect(new TokenMeter().add('one two three four', 2)).toBe('one two '.length);
  expect(
    '👋🏽'
      .repeat(4)
      .slice(0, new TokenMeter().add('👋🏽'.repeat(4), 1))
      .isWellFormed(),
  ).toBe(true);
});
