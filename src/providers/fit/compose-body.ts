/**
 * A request body of which most is as its caller wrote it: those parts are passed on as the bytes they came as. What is passed
 * on says just what was read, and nothing twice, so that what was checked is what is sent.
 */
import type { Fields } from '../../core/json-object.ts';
import { LARGE } from '../../core/large-work.ts';
import { bodyLength, type RawField, rawBodyOf } from '../../core/raw-body.ts';
import { toJsonBody } from './json-body.ts';
import { LargeJson } from './large-json.ts';

/** Bytes from which a field is looked at: a smaller one is written sooner than compared. */
const MIN_FIELD = 2 * 1024;

/** A text as it is, the caller's bytes, or what is yet to be written. */
type Part = string | Buffer | { readonly value: unknown };

/**
 * @param source the caller's body, as it was read
 * @returns JSON; where the body is large it is made in turns
 */
export function composeBody(
  body: object,
  source: object | undefined,
): string | Buffer | Promise<string | Buffer> {
  const isLarge = bodyLength(source) >= LARGE;
  if (!isLarge && !rawBodyOf(source)) return toJsonBody(body);
  const parts = partsOf(body, source!);
  return isLarge ? joinedInTurns(parts) : joined(parts);
}

async function joinedInTurns(parts: readonly Part[]): Promise<Buffer> {
  const json = new LargeJson();
  for (const part of parts) {
    if (typeof part === 'string') json.addBytes(Buffer.from(part));
    else if (Buffer.isBuffer(part)) json.addBytes(part);
    else await json.addValue(part.value);
  }
  return json.joined();
}

function joined(parts: readonly Part[]): Buffer {
  const pieces: Buffer[] = [];
  let text = '';
  for (const part of parts) {
    if (typeof part === 'string') text += part;
    else if (!Buffer.isBuffer(part)) text += toJsonBody(part.value);
    else {
      pieces.push(Buffer.from(text), part);
      text = '';
    }
  }
  return Buffer.concat([...pieces, Buffer.from(text)]);
}

function partsOf(body: object, source: object): Part[] {
  const raw = rawBodyOf(source);
  const parts: Part[] = [];
  let text = '{';
  const add = (part: Part) => {
    parts.push(text, part);
    text = '';
  };
  for (const [name, value] of Object.entries(body)) {
    if (value === undefined) continue;
    text += `${text === '{' && parts.length === 0 ? '' : ','}${JSON.stringify(name)}:`;
    const field = raw?.fields.get(name);
    const given = (source as Fields)[name];
    if (!raw || !field || field.end - field.start < MIN_FIELD) add({ value });
    else if (isSame(value, given, field.names)) add(raw.bytes.subarray(field.start, field.end));
    else if (Array.isArray(value) && Array.isArray(given) && field.items) {
      const { own, start, end } = splitList(value, given, field);
      text += '[';
      own.forEach((item, at) => {
        if (at > 0) text += ',';
        add({ value: item });
      });
      if (end > start) {
        if (own.length > 0) text += ',';
        add(raw.bytes.subarray(start, end));
      }
      text += ']';
    } else add({ value });
  }
  parts.push(`${text}}`);
  return parts;
}

/** The items at the end that are the caller's own, one after the other, and those before them that are not. */
function splitList(value: unknown[], given: unknown[], { items }: RawField) {
  let same = 0;
  while (
    same < value.length &&
    same < given.length &&
    isSame(value.at(-1 - same), given.at(-1 - same), items!.namesOf(items!.length - 1 - same))
  )
    same += 1;
  const start = same > 0 ? items!.startOf(items!.length - same) : 0;
  const end = same > 0 ? items!.endOf(items!.length - 1) : 0;
  return { own: value.slice(0, value.length - same), start, end };
}

/** @param names as many as the bytes have: with more of them a name would be there twice, and servers differ on which counts */
function isSame(value: unknown, given: unknown, names: number): boolean {
  return (value === given || isEqual(value, given)) && namesIn(given) === names;
}

function isEqual(value: unknown, given: unknown): boolean {
  if (value === given) return true;
  if (typeof value !== 'object' || value === null || typeof given !== 'object' || given === null)
    return false;
  if (Array.isArray(value)) {
    if (!Array.isArray(given) || given.length !== value.length) return false;
    return value.every((item, at) => isEqual(item, given[at]));
  }
  if (Array.isArray(given)) return false;
  let left = 0;
  for (const name in value) {
    const part = (value as Fields)[name];
    if (part === undefined) continue;
    left += 1;
    if (!Object.hasOwn(given, name) || !isEqual(part, (given as Fields)[name])) return false;
  }
  for (const _name in given) left -= 1;
  return left === 0;
}

/** @returns how many field names are in it; `NaN` where a text ends or begins with half of a character: not every server reads that */
function namesIn(value: unknown): number {
  if (typeof value === 'string') return value.isWellFormed() ? 0 : Number.NaN;
  if (typeof value !== 'object' || value === null) return 0;
  let names = 0;
  if (Array.isArray(value)) for (const item of value) names += namesIn(item);
  else for (const name in value) names += 1 + namesIn((value as Fields)[name]);
  return names;
}
