/**
 * What a JSON text is made of, counted in one pass over its bytes before it is parsed. Parsing 10 MB of text takes
 * milliseconds, 10 MB of field names most of a second, in which nobody else is served.
 */
import { invalidRequest } from '../failures/failure.ts';

/** Levels of nesting; no request or JSON Schema comes near, and what recurses over more would overflow the stack. */
const MAX_DEPTH = 256;
/** Field names in all objects together; a long session of an agent with 500 tools has some 30,000. */
const MAX_NAMES = 100_000;
/** Items of lists and objects together; a long session of an agent has some 60,000. */
const MAX_ITEMS = 150_000;
/** Digits from which a number may have more than the 53 bits of JavaScript's. */
const LONG_NUMBER = 16;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const ZERO = 0x30;
const NINE = 0x39;

export interface JsonStructure {
  readonly items: number;
  /** A number of 16 digits or more stands outside of texts. */
  readonly hasLongNumber: boolean;
}

/**
 * @param bytes of a JSON text in UTF-8, valid or not
 * @throws {Failure} `invalid_request` where it is deeper, or has more names or items, than any request needs
 */
export function measureStructure(bytes: Uint8Array): JsonStructure {
  let depth = 0;
  let names = 0;
  let items = 0;
  let digits = 0;
  let hasLongNumber = false;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at]!;
    if (byte >= ZERO && byte <= NINE) {
      digits += 1;
      if (digits >= LONG_NUMBER) hasLongNumber = true;
      continue;
    }
    digits = 0;
    if (byte === QUOTE) at = endOfText(bytes, at);
    else if (byte === COMMA) items += 1;
    else if (byte === COLON) names += 1;
    // `{` and `[` differ from `}` and `]` in one bit, and `{` from `[` in another.
    else if ((byte & 0xdf) === 0x5b) {
      depth += 1;
      if (depth > MAX_DEPTH) throw invalidRequest(`The body nests deeper than ${MAX_DEPTH} levels.`);
    } else if ((byte & 0xdf) === 0x5d) depth -= 1;
  }
  if (names > MAX_NAMES) throw tooMany('field names', names, MAX_NAMES);
  if (items > MAX_ITEMS) throw tooMany('items', items, MAX_ITEMS);
  return { items, hasLongNumber };
}

/** @returns the place of the quote that ends the text beginning at `start` */
function endOfText(bytes: Uint8Array, start: number): number {
  let at = start + 1;
  while (at < bytes.length && bytes[at] !== QUOTE) at += bytes[at] === BACKSLASH ? 2 : 1;
  return at;
}

function tooMany(what: string, count: number, limit: number) {
  return invalidRequest(
    `The body has ${count.toLocaleString('en')} ${what}; at most ${limit.toLocaleString('en')} are taken.`,
  );
}
