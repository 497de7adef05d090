/** Vectors as providers send them, checked and in the form the caller asked for. */

import type { Embedding } from '../../core/embeddings-answer.ts';
import type { ChatRequest } from '../../core/openai-types.ts';
import { malformed, UpstreamFailure } from '../../failures/upstream-failure.ts';
import type { Target } from '../provider.ts';

/** Numbers in a vector. No model is near it. */
const MAX_DIMENSIONS = 65_536;
const BYTES_PER_FLOAT = 4;

/** Numbers, or base64 of little-endian 32-bit floats: as the caller asked. */
export type Vector = Embedding['embedding'];
type Wanted = Pick<ChatRequest, 'encoding_format' | 'dimensions'>;

/**
 * @param texts that were sent
 * @returns the vectors in the order of the texts, each the very one that came where its form is the one asked for
 * @throws {UpstreamFailure} when there is not one whole vector for each text, all of one length, and of the one asked for
 */
export function checkVectors(
  values: readonly unknown[],
  texts: number,
  wanted: Wanted,
  target: Target,
): Vector[] {
  const { provider } = target;
  if (values.length !== texts)
    throw malformed(`${provider} sent ${values.length} vectors for ${texts} texts.`);
  let length: number | undefined;
  return values.map((value) => {
    const floats = typeof value === 'string' ? floatsOf(value) : value;
    if (!isVector(floats)) throw malformed(`${provider} sent a vector that is none.`);
    length ??= floats.length;
    if (floats.length !== length) throw malformed(`${provider} sent vectors of different lengths.`);
    if (wanted.dimensions !== undefined && wanted.dimensions !== length)
      throw otherDimensions(length, wanted.dimensions, target);
    return wanted.encoding_format === 'base64'
      ? asBase64(value as Vector)
      : asNumbers(value as Vector, floats);
  });
}

/**
 * @param items `{index, embedding}` in any order; where none says its place it is that of the text
 * @throws {UpstreamFailure} when a place is missing or taken twice
 */
export function inOrder(items: readonly Readonly<Record<string, unknown>>[], provider: string): unknown[] {
  if (items.every(({ index }) => index === undefined)) return items.map(({ embedding }) => embedding);
  const vectors: unknown[] = new Array(items.length);
  const taken = new Set<unknown>();
  for (const { index, embedding } of items) {
    const isPlace = Number.isInteger(index) && (index as number) >= 0 && (index as number) < items.length;
    if (!isPlace || taken.has(index))
      throw malformed(`${provider} sent vectors without telling whose they are.`);
    taken.add(index);
    vectors[index as number] = embedding;
  }
  return vectors;
}

/** The vectors would be of another space than those the caller has. */
function otherDimensions(got: number, wanted: number, { id }: Target): UpstreamFailure {
  return new UpstreamFailure({
    message: `${id} does not take \`dimensions\`: its vectors have ${got} numbers, not ${wanted}. Leave it out, or choose another model.`,
    unsupported: 'dimensions',
  });
}

function isVector(value: unknown): value is readonly number[] | Float32Array {
  if (!Array.isArray(value) && !(value instanceof Float32Array)) return false;
  if (value.length === 0 || value.length > MAX_DIMENSIONS) return false;
  for (const number of value) if (!Number.isFinite(number)) return false;
  return true;
}

/** @returns nothing for what is no base64 of whole floats */
function floatsOf(base64: string): Float32Array | undefined {
  if (base64.length > MAX_DIMENSIONS * 6 || !/^[A-Za-z0-9+/]*={0,2}$/.test(base64)) return undefined;
  const bytes = Buffer.from(base64, 'base64');
  if (bytes.length % BYTES_PER_FLOAT !== 0) return undefined;
  // A copy, whose beginning is where floats may begin. Both sides are little-endian, as all machines that Node is made for but one.
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
}

function asBase64(value: Vector): string {
  if (typeof value === 'string') return value;
  return Buffer.from(Float32Array.from(value).buffer).toString('base64');
}

function asNumbers(value: Vector, floats: Iterable<number>): readonly number[] {
  return typeof value === 'string' ? [...floats] : value;
}
