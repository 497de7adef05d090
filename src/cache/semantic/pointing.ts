import type { Segments } from './segments.ts';

const POINTERS = new Set(['this', 'these', 'following', 'attached']);
/** After these words "this" points at nothing: "this is", "like this". */
const AFTER_THIS = new Set(
  'is in with using to from by for on be work happen mean possible error'.split(' '),
);
const IN_THIS = new Set(['case', 'way', 'order', 'format', 'example']);
const BEFORE_THIS = new Set(['in', 'on', 'at', 'for', 'of', 'like']);
const BEFORE_BELOW = new Set(
  'shown given described mentioned code query table tables data example see text function as'.split(' '),
);

/** Whether a question points at something that is not in it: "fix this code" without the code. */
export function pointsAway(words: readonly string[], { code, quotes }: Segments): boolean {
  if (code.length > 0 || quotes.length > 0) return false;
  return words.some((word, at) => {
    const next = words[at + 1] ?? '';
    const previous = words[at - 1] ?? '';
    if (word === 'below' || word === 'above') return BEFORE_BELOW.has(previous);
    if (!POINTERS.has(word) || !/^[a-z]/.test(next)) return false;
    if (word === 'following' && previous === 'the') return true;
    if (word !== 'this') return true;
    return !AFTER_THIS.has(next) && !(IN_THIS.has(next) && BEFORE_THIS.has(previous));
  });
}
