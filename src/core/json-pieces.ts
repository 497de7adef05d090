import { isExactNumber } from './exact-json.ts';
import { LARGE } from './large-work.ts';
import { textPieces } from './text-pieces.ts';

/** Characters of a text that are written at once, and of the pieces that come of it at least. */
export const JSON_PIECE = 64 * 1024;

/**
 * The JSON of a value of megabytes, piece by piece, so that others are served in between and all of it is never there at once.
 * @param write makes the JSON of what is neither an object nor a list
 */
export function* jsonPieces(
  value: unknown,
  write: (value: unknown) => string | undefined = JSON.stringify,
): Generator<string> {
  let text = '';
  for (const part of parts(value, write)) {
    text += part;
    if (text.length < JSON_PIECE) continue;
    yield text;
    text = '';
  }
  yield text;
}

/** @param characters of the texts in it: the JSON of megabytes is made in pieces */
export function jsonText(value: object, characters: number): string | Iterable<string> {
  return characters >= LARGE ? jsonPieces(value) : JSON.stringify(value);
}

type Write = (value: unknown) => string | undefined;

function* parts(value: unknown, write: Write): Generator<string> {
  if (typeof value === 'string' && value.length > JSON_PIECE) yield* longText(value, write);
  else if (typeof value !== 'object' || value === null || isExactNumber(value)) yield write(value) ?? 'null';
  else if (Array.isArray(value)) {
    yield '[';
    for (let at = 0; at < value.length; at++) {
      if (at > 0) yield ',';
      yield* parts(value[at], write);
    }
    yield ']';
  } else {
    let start = '{';
    for (const [name, field] of Object.entries(value)) {
      if (field === undefined) continue;
      yield `${start}${write(name)}:`;
      yield* parts(field, write);
      start = ',';
    }
    yield start === '{' ? '{}' : '}';
  }
}

function* longText(text: string, write: Write): Generator<string> {
  yield '"';
  for (const piece of textPieces(text, JSON_PIECE)) yield write(piece)!.slice(1, -1);
  yield '"';
}
