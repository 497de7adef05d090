const SHORTEST = 5;
const LONGEST = 30;

/** Finds the one known word that a word of at least five letters is a typing error of. */
export class TypingErrors {
  readonly #byShortened = new Map<string, string[]>();
  readonly #isEnglish: (word: string) => boolean;

  /** @param isEnglish words that are right though no table has them */
  constructor(known: Iterable<string>, isEnglish: (word: string) => boolean) {
    this.#isEnglish = isEnglish;
    for (const word of new Set(known)) {
      if (word.length < SHORTEST || !/^[a-z]+$/.test(word)) continue;
      for (const shortened of shortenings(word)) {
        const words = this.#byShortened.get(shortened);
        if (words) words.push(word);
        else this.#byShortened.set(shortened, [word]);
      }
    }
  }

  /** @returns undefined when the word is right, or may be an error of several */
  correct(word: string): string | undefined {
    if (word.length < SHORTEST || word.length > LONGEST || !/^[a-z]+$/.test(word)) return undefined;
    if (this.#isEnglish(word)) return undefined;
    const found = new Set<string>();
    for (const shortened of shortenings(word)) {
      for (const known of this.#byShortened.get(shortened) ?? []) {
        if (known[0] === word[0] && isOneEdit(known, word)) found.add(known);
      }
    }
    return found.size === 1 ? [...found][0] : undefined;
  }
}

/** The word, and the word with any one letter left out. */
function shortenings(word: string): string[] {
  const all = [word];
  for (let at = 0; at < word.length; at++) all.push(word.slice(0, at) + word.slice(at + 1));
  return all;
}

/** A letter too many, too few or another, or two in the wrong order. */
function isOneEdit(a: string, b: string): boolean {
  let same = 0;
  while (same < a.length && same < b.length && a[same] === b[same]) same++;
  const restA = a.slice(same);
  const restB = b.slice(same);
  if (restA.slice(1) === restB.slice(1) || restA.slice(1) === restB || restA === restB.slice(1)) return true;
  return restA[0] === restB[1] && restA[1] === restB[0] && restA.slice(2) === restB.slice(2);
}
