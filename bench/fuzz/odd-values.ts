/** Values that nobody expects, and ways to put them into a value that is right. */
import { pickFrom } from '../seeded-random.ts';

type Random = () => number;

const ODD_NUMBERS = [0, -1, 0.5, 1e300, -1e300, 2 ** 53, 1e21, 5e-324];
const ODD_TEXTS = [
  '',
  ' ',
  '\u0000',
  '\ud800',
  '\udfff end',
  '__proto__',
  'constructor',
  'insufficient_quota',
  'model_not_found',
  'NaN',
  'Infinity',
  '"',
  '\\',
  '\r\n\r\ndata: [DONE]\r\n\r\n',
  '<|endoftext|>',
  '👍🏽'.repeat(50),
  'a'.repeat(20_000),
];

/** What JavaScript asks an object for by itself is a name, too. */
const ODD_NAMES = [...ODD_TEXTS, 'toString', 'valueOf', 'toJSON', 'then', 'length'];

export function oddValue(random: Random, depth = 0): unknown {
  const kind = Math.floor(random() * (depth > 3 ? 5 : 8));
  switch (kind) {
    case 0:
      return null;
    case 1:
      return random() < 0.5;
    case 2:
      return pickFrom(ODD_NUMBERS, random);
    case 3:
      return pickFrom(ODD_TEXTS, random);
    case 4:
      return [];
    case 5:
      return Array.from({ length: Math.floor(random() * 4) }, () => oddValue(random, depth + 1));
    case 6:
      return { [pickFrom(ODD_NAMES, random)]: oddValue(random, depth + 1) };
    default:
      return nested(Math.floor(random() * 300));
  }
}

function nested(levels: number): unknown {
  let value: unknown = 1;
  for (let level = 0; level < levels; level++) value = level % 2 ? { a: value } : [value];
  return value;
}

/** A copy in which one to three places hold something else, are gone, or stand twice. */
export function mutated(value: unknown, random: Random): unknown {
  const copy = structuredClone(value);
  const places = placesIn(copy);
  for (let times = 1 + Math.floor(random() * 3); times > 0 && places.length > 0; times--) {
    const { holder, key } = pickFrom(places, random);
    const change = random();
    if (change < 0.6) Object.assign(holder, { [key]: oddValue(random) });
    else if (change < 0.8) delete (holder as Record<string, unknown>)[key];
    else if (Array.isArray(holder)) holder.push(structuredClone(holder[0]));
    else Object.assign(holder, { [`${key}${pickFrom(ODD_TEXTS, random).slice(0, 20)}`]: oddValue(random) });
  }
  return copy;
}

interface Place {
  readonly holder: object;
  readonly key: string;
}

function placesIn(value: unknown): Place[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => [{ holder: value, key }, ...placesIn(inner)]);
}
