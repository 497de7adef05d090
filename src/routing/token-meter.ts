const SPACE = 0;
const WORD = 1;
/** Scripts that write no spaces, and pictures. */
const DENSE = 2;
const SIGN = 3;

/** Characters in a row that may be one token: long words of a vocabulary, Chinese ones, lines of dashes. */
const MAX_IN_ONE_TOKEN = [Number.POSITIVE_INFINITY, 16, 4, 128];

/** Tokens, kind of the last character, characters of that kind in a row. */
type MeterState = readonly [tokens: number, kind: number, run: number];

/**
 * Counts the tokens of a text that comes in pieces: never more than there are, whatever the tokeniser. Tokenisers cut between
 * words and between words and signs, so that there are no fewer tokens than words; of prose there are some more, of code up to
 * half as many again.
 */
export class TokenMeter {
  /** Tokens so far, at least. */
  tokens = 0;
  #kind = SPACE;
  /** Characters of the kind in a row. */
  #run = 0;

  /** @param from where another one stood */
  constructor(from?: MeterState) {
    if (from) [this.tokens, this.#kind, this.#run] = from;
  }

  /** Where it stands, to count on from there a second time. */
  state(): MeterState {
    return [this.tokens, this.#kind, this.#run];
  }

  /** @returns how many characters of the text there are before more than `limit` tokens have come for certain */
  add(text: string, limit: number): number {
    for (let at = 0; at < text.length; at++) {
      const code = text.charCodeAt(at);
      this.#step(kindOf(code));
      if (this.tokens > limit) return isSecondHalf(code) && at > 0 ? at - 1 : at;
    }
    return text.length;
  }

  #step(kind: number): void {
    // One sign may be a part of the word behind it; before a space, or with another one, it is a part of none.
    if (kind === SPACE && this.#kind === SIGN && this.#run === 1) this.tokens += 1;
    this.#run = kind === this.#kind && this.#run < MAX_IN_ONE_TOKEN[kind]! ? this.#run + 1 : 1;
    this.#kind = kind;
    if (kind === SPACE) return;
    if (this.#run === (kind === SIGN ? 2 : 1)) this.tokens += 1;
  }
}

function kindOf(code: number): number {
  if (code <= 0x20) return SPACE;
  if (code >= 0x2e80) return DENSE;
  const isWord =
    (code >= 0x30 && code <= 0x39) ||
    (code >= 0x41 && code <= 0x5a) ||
    (code >= 0x61 && code <= 0x7a) ||
    code >= 0x80;
  return isWord ? WORD : SIGN;
}

function isSecondHalf(code: number): boolean {
  return code >= 0xdc00 && code <= 0xdfff;
}
