/** A continuation that begins like the answer and then goes another way: joining it would be dishonest. */
export class SeamError extends Error {}

/** Characters at the end of what was sent in which a repetition is looked for. */
const REACH = 2_000;
/** What a repetition has at least; less happens by chance. */
const MIN_LETTERS_IN_ONE_WORD = 6;
const MIN_LETTERS_IN_WORDS = 2;
const MIN_MARKS_IN_WORDS = 4;
/** Characters in common with the beginning that show a model which started over. */
const STARTED_OVER = 40;
const OPEN_FENCE = /^```[\w+-]+\r?\n/;

/**
 * Where a continued answer joins what the caller already has. A model asked to go on may start exactly there, repeat
 * some last words, or start from the beginning; the text is held back until it is clear which, and what repeats is
 * left out.
 */
export class Seam {
  /** What the model was shown of the answer. */
  readonly #shown: string;
  /** White space at the end of what was sent that the model was not shown (Anthropic refuses it in a prefill). */
  #unshown: string;
  #held = '';
  #joined = false;

  /** @param sent what the caller has @param shown the beginning of it that the model was shown */
  constructor(sent: string, shown: string = sent) {
    this.#shown = shown;
    this.#unshown = sent.slice(shown.length);
  }

  /** @returns what may go on to the caller now. @throws {SeamError} */
  feed(text: string): string {
    if (this.#joined) return this.#afterUnshown(text);
    this.#held += text;
    return this.#isUndecided() ? '' : this.#join();
  }

  /** The continuation has ended: what is still held is decided on what there is. @throws {SeamError} */
  end(): string {
    return this.#joined ? '' : this.#join();
  }

  /** More text could still turn out to repeat something. */
  #isUndecided(): boolean {
    const held = this.#held;
    if (held === '' || (this.#shown.startsWith(held) && held.length < this.#shown.length)) return true;
    if (isFenceOpen(this.#shown) && '```'.startsWith(held.slice(0, 3)) && !held.includes('\n')) return true;
    const start = Math.max(0, this.#shown.length - REACH);
    const place = this.#shown.indexOf(held, start);
    return place !== -1 && place + held.length < this.#shown.length;
  }

  #join(): string {
    this.#joined = true;
    const held = this.#held;
    this.#held = '';
    if (held.startsWith(this.#shown)) return this.#afterUnshown(held.slice(this.#shown.length));
    // The beginning once more, and then nothing.
    if (this.#shown.startsWith(held)) return '';
    if (commonPrefix(held, this.#shown) >= STARTED_OVER) {
      throw new SeamError('The continuation starts the answer over with other words.');
    }
    const repeated = repetition(this.#shown, held);
    if (repeated > 0) return this.#afterUnshown(held.slice(repeated));
    // Told not to, some models open the code block again that is still open.
    const fence = isFenceOpen(this.#shown) ? (OPEN_FENCE.exec(held)?.[0].length ?? 0) : 0;
    return this.#afterUnshown(held.slice(fence));
  }

  /** The model gives again the white space it was not shown; the caller has it already. */
  #afterUnshown(text: string): string {
    if (this.#unshown === '' || text === '') return text;
    const again = commonPrefix(text, this.#unshown);
    // Another start than the white space: the model goes on without it.
    this.#unshown = again === text.length ? this.#unshown.slice(again) : '';
    return text.slice(again);
  }
}

/**
 * The longest end of `sent` that `next` begins with and that is a repetition rather than chance: it starts where a
 * word starts and holds several words, or one long one.
 */
function repetition(sent: string, next: string): number {
  for (let length = Math.min(sent.length, next.length, REACH); length > 0; length--) {
    const start = sent.length - length;
    if (
      sent.startsWith(next.slice(0, length), start) &&
      startsWord(sent, start) &&
      isNoChance(next.slice(0, length))
    ) {
      return length;
    }
  }
  return 0;
}

/** White space before a word counts as its start: models' tokens begin with it. */
function startsWord(text: string, index: number): boolean {
  if (/\s/.test(text[index]!)) return true;
  return index === 0 || !(isWord(text[index - 1]!) && isWord(text[index]!));
}

function isNoChance(repeated: string): boolean {
  const letters = count(repeated, /[\p{L}\p{N}]/gu);
  const hasSeveralWords = /\S\s+\S/.test(repeated);
  if (!hasSeveralWords) return letters >= MIN_LETTERS_IN_ONE_WORD;
  return letters >= MIN_LETTERS_IN_WORDS || count(repeated, /\S/g) >= MIN_MARKS_IN_WORDS;
}

function count(text: string, what: RegExp): number {
  return text.match(what)?.length ?? 0;
}

function isWord(character: string): boolean {
  return /[\p{L}\p{N}_]/u.test(character);
}

function commonPrefix(left: string, right: string): number {
  const length = Math.min(left.length, right.length);
  let index = 0;
  while (index < length && left[index] === right[index]) index++;
  return index;
}

function isFenceOpen(text: string): boolean {
  return (text.match(/^```/gm)?.length ?? 0) % 2 === 1;
}
