/**
 * The bytes of a caller's body, kept beside the object they were read into, with the places of its fields in them: what goes
 * on unchanged is passed on as it came instead of being written again.
 */
import { isUtf8 } from 'node:buffer';
import type { Marks } from './json-structure.ts';

/** Bytes, and how many field names are in them. */
export interface RawSpan {
  readonly start: number;
  readonly end: number;
  readonly names: number;
}

/** Where one field of the body stands. */
export interface RawField extends RawSpan {
  /** Of a list, its items. */
  readonly items: RawItems | undefined;
}

/** A body's bytes, and where its fields stand in them. */
export interface RawBody {
  readonly bytes: Buffer;
  readonly fields: ReadonlyMap<string, RawField>;
}

/** Items as the places of the punctuation between them: thousands of small objects would be work for the garbage collector. */
export class RawItems {
  readonly length: number;
  readonly #places: readonly number[];
  readonly #names: readonly number[];
  readonly #first: number;

  /** @param first of the marks, which is the bracket before the first item */
  constructor(places: readonly number[], names: readonly number[], first: number, length: number) {
    this.#places = places;
    this.#names = names;
    this.#first = first;
    this.length = length;
  }

  startOf(item: number): number {
    return this.#places[this.#first + item]! + 1;
  }

  endOf(item: number): number {
    return this.#places[this.#first + item + 1]!;
  }

  namesOf(item: number): number {
    return this.#names[this.#first + item + 1]! - this.#names[this.#first + item]!;
  }
}

/** In no JSON and in no copy, and gone with the object. */
const RAW = Symbol('raw body');
/** Bytes, also of a body of which they are not kept. */
const LENGTH = Symbol('length of the body');

/** What was kept beside a body. @returns nothing for one that was not read from bytes, or was too small to be worth it */
export function rawBodyOf(body: object | undefined): RawBody | undefined {
  return (body as { readonly [RAW]?: RawBody } | undefined)?.[RAW];
}

/** Of a body that is too short to keep, or of which nobody has said, 0. */
export function bodyLength(body: object | undefined): number {
  return (body as { readonly [LENGTH]?: number } | undefined)?.[LENGTH] ?? 0;
}

/** What stands for a body of which nothing is passed on as it came: it says how long it was. */
export function lengthOnly(body: unknown): object {
  return Object.defineProperty({}, LENGTH, { value: bodyLength(body as object) });
}

/** The same body under another object, some of whose fields differ. */
export function shareRawBody(from: object, to: object): void {
  const raw = rawBodyOf(from);
  if (raw) Object.defineProperty(to, RAW, { value: raw });
  Object.defineProperty(to, LENGTH, { value: bodyLength(from) });
}

/**
 * @param text what the bytes say, all of it
 * @param marks punctuation of its two outer levels
 */
export function keepRawBody(body: object, bytes: Buffer, text: string, marks: Marks): void {
  Object.defineProperty(body, LENGTH, { value: bytes.length });
  if (!isUtf8(bytes)) return;
  const fields = fieldsIn(text, inBytes(marks.places, text, bytes), marks);
  if (fields) Object.defineProperty(body, RAW, { value: { bytes, fields } });
}

/** Places in the text as places in its bytes. */
function inBytes(places: readonly number[], text: string, bytes: Buffer): readonly number[] {
  if (text.length === bytes.length) return places;
  let place = 0;
  let read = 0;
  return places.map((at) => {
    place += Buffer.byteLength(text.slice(read, at));
    read = at;
    return place;
  });
}

/** @returns nothing for a text that is no object, or names a field twice: which of the two counts, servers do not agree on */
function fieldsIn(
  text: string,
  places: readonly number[],
  { places: inText, names }: Marks,
): Map<string, RawField> | undefined {
  const fields = new Map<string, RawField>();
  let depth = 0;
  /** Marks: the last punctuation between fields, the colon of the field, the bracket of its list. */
  let before = 0;
  let colon = -1;
  let list = -1;
  let items: RawItems | undefined;
  for (let mark = 0; mark < inText.length; mark++) {
    const character = text[inText[mark]!]!;
    if (depth === 1) {
      if (character === ':') colon = mark;
      else if (character === '[') list = mark;
      else if ((character === ',' || character === '}') && colon >= 0) {
        const name = JSON.parse(text.slice(inText[before]! + 1, inText[colon])) as string;
        if (fields.has(name)) return undefined;
        const span = { start: places[colon]! + 1, end: places[mark]!, names: names[mark]! - names[colon]! };
        fields.set(name, { ...span, items });
        before = mark;
        colon = -1;
        items = undefined;
      }
    } else if (depth === 2 && character === ']') items = new RawItems(places, names, list, mark - list);
    if (character === '{' || character === '[') depth += 1;
    else if (character === '}' || character === ']') depth -= 1;
  }
  return depth === 0 && text[inText[0] ?? -1] === '{' ? fields : undefined;
}
