/**
 * What a JSON text is made of, counted in one pass before it is parsed. Parsing 10 MB of text takes milliseconds, 10 MB
 * of field names most of a second, in which nobody else is served.
 */

/** Digits from which a number may have more than the 53 bits of JavaScript's. */
const LONG_NUMBER = 16;
/** Characters of a name that tell it from others. */
const NAME_START = 24;
/** Items beyond which a text is not read on: whoever asks lets fewer through. */
const MOST_ITEMS = 2_000_000;
/** Names of a usual text, which are not looked at. */
const USUAL_NAMES = 1_000;
/** Places in the table of names that were seen: a power of two, well above what is let through. */
const NAME_TABLE = 2 ** 20;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const ZERO = 0x30;
const NINE = 0x39;

/** Counts that say how long a text takes to parse, whatever its length. */
export interface JsonStructure {
  /** Objects and lists in each other at most. Counting stops one beyond the limit. */
  readonly depth: number;
  /** Field names in all objects together. */
  readonly names: number;
  /** Different ones beyond the first thousand, about: each new one costs the parser ten times what a known one does. */
  readonly differentNames: number;
  /** Items of lists and objects together. */
  readonly items: number;
  /** A number of 16 digits or more stands outside of texts. */
  readonly hasLongNumber: boolean;
}

/** Places of braces, commas and colons, and for each the number of field names before it. */
export class Marks {
  readonly places: number[] = [];
  readonly names: number[] = [];

  add(place: number, names: number): void {
    this.places.push(place);
    this.names.push(names);
  }
}

/**
 * @param text JSON, valid or not
 * @param maxDepth a deeper text is not read on, as its depth alone decides
 * @param marks gets the punctuation of the text's two outer levels
 * @param mostItems a text of more is not read on, as their number alone decides
 */
export function measureStructure(
  text: string,
  maxDepth: number,
  marks?: Marks,
  mostItems = MOST_ITEMS,
): JsonStructure {
  const seen = new NameTable();
  let depth = 0;
  let deepest = 0;
  let names = 0;
  let items = 0;
  let digits = 0;
  let hasLongNumber = false;
  let nameStart = 0;
  for (let at = 0; at < text.length && deepest <= maxDepth && items <= mostItems; at++) {
    const code = text.charCodeAt(at);
    if (code >= ZERO && code <= NINE) {
      digits += 1;
      if (digits >= LONG_NUMBER) hasLongNumber = true;
      continue;
    }
    digits = 0;
    if (code === QUOTE) {
      nameStart = at + 1;
      at = endOfText(text, at);
    } else if (code === COMMA) {
      items += 1;
      if (depth <= 2) marks?.add(at, names);
    } else if (code === COLON) {
      names += 1;
      if (names > USUAL_NAMES) seen.add(text, nameStart);
      if (depth === 1) marks?.add(at, names);
    }
    // `{` and `[` differ from `}` and `]` in one bit, and `{` from `[` in another.
    else if ((code & ~0x20) === 0x5b) {
      if (depth <= 1) marks?.add(at, names);
      depth += 1;
      if (depth > deepest) deepest = depth;
    } else if ((code & ~0x20) === 0x5d) {
      depth -= 1;
      if (depth <= 1) marks?.add(at, names);
    }
  }
  return { depth: deepest, names, differentNames: seen.count, items, hasLongNumber };
}

/** @returns the place of the quote that ends the text beginning at `start`, or the length */
function endOfText(text: string, start: number): number {
  let end = start;
  for (;;) {
    end = text.indexOf('"', end + 1);
    if (end < 0) return text.length;
    let slashes = 0;
    while (text.charCodeAt(end - 1 - slashes) === BACKSLASH) slashes += 1;
    if (slashes % 2 === 0) return end;
  }
}

/** Counts different names by their hashes; two of one hash are one name. */
class NameTable {
  count = 0;
  #bits: Uint8Array | undefined;

  add(text: string, start: number): void {
    let hash = 0x811c9dc5;
    for (let at = start; at < start + NAME_START; at++) {
      const code = text.charCodeAt(at);
      if (code === QUOTE || Number.isNaN(code)) break;
      hash = Math.imul(hash ^ code, 0x01000193);
    }
    this.#bits ??= new Uint8Array(NAME_TABLE / 8);
    const place = (hash ^ (hash >>> 15)) & (NAME_TABLE - 1);
    const bit = 1 << (place & 7);
    if (this.#bits[place >> 3]! & bit) return;
    this.#bits[place >> 3]! |= bit;
    this.count += 1;
  }
}
