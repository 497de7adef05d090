/**
 * A request body of which most is as its caller wrote it: those parts are passed on as the bytes they came as. What is passed
 * on says just what was read, and nothing twice, so that what was checked is what is sent.
 */
import { type RawField, rawBodyOf } from '../../core/raw-body.ts';
import { toJsonBody } from './json-body.ts';

type Fields = Readonly<Record<string, unknown>>;

/** Bytes from which a field is looked at: a smaller one is written sooner than compared. */
const MIN_FIELD = 2 * 1024;

/** @param source the caller's body, as it was read @returns JSON */
export function composeBody(body: object, source: object | undefined): string | Buffer {
  const raw = rawBodyOf(source);
  if (!source || !raw) return toJsonBody(body);
  const { bytes } = raw;
  const pieces: Buffer[] = [];
  let text = '{';
  const pass = (start: number, end: number) => {
    pieces.push(Buffer.from(text), bytes.subarray(start, end));
    text = '';
  };
  for (const [name, value] of Object.entries(body)) {
    if (value === undefined) continue;
    text += `${text === '{' && pieces.length === 0 ? '' : ','}${JSON.stringify(name)}:`;
    const field = raw.fields.get(name);
    const given = (source as Fields)[name];
    if (!field || field.end - field.start < MIN_FIELD) text += toJsonBody(value);
    else if (isSame(value, given, field.names)) pass(field.start, field.end);
    else if (Array.isArray(value) && Array.isArray(given) && field.items) {
      const { own, start, end } = splitList(value, given, field);
      text += `[${own.map(toJsonBody).join(',')}`;
      if (end > start) {
        if (own.length > 0) text += ',';
        pass(start, end);
      }
      text += ']';
    } else text += toJsonBody(value);
  }
  pieces.push(Buffer.from(`${text}}`));
  return Buffer.concat(pieces);
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
  const walk = new Comparison();
  return walk.isSame(value, given) && walk.names === names;
}

class Comparison {
  names = 0;

  isSame(value: unknown, given: unknown): boolean {
    if (typeof value !== 'object' || value === null) {
      if (value !== given) return false;
      // Half of a character would not be read by every server.
      return typeof value !== 'string' || value.isWellFormed();
    }
    if (typeof given !== 'object' || given === null) return false;
    if (Array.isArray(value)) return this.#isSameList(value, given);
    if (Array.isArray(given)) return false;
    let left = 0;
    for (const name in value) {
      const part = (value as Fields)[name];
      if (part === undefined) continue;
      left += 1;
      if (!Object.hasOwn(given, name) || !this.isSame(part, (given as Fields)[name])) return false;
    }
    this.names += left;
    for (const _name in given) left -= 1;
    return left === 0;
  }

  #isSameList(value: readonly unknown[], given: object): boolean {
    if (!Array.isArray(given) || given.length !== value.length) return false;
    for (let at = 0; at < value.length; at++) if (!this.isSame(value[at], given[at])) return false;
    return true;
  }
}
