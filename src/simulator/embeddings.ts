/** Simulated embeddings: the same text always has the same vector, and texts are near each other as far as they share words. */
import { providerHeaders } from './errors.ts';
import { countTokens } from './tokens.ts';
import {
  type JsonObject,
  jsonReply,
  type PlannedWholeReply,
  type ProviderRequest,
  type ReplyContext,
} from './wire.ts';

/** Numbers in a vector, as OpenAI's small and large model have them. */
const SMALL = 1_536;
const LARGE = 3_072;
const MAX_DIMENSIONS = 4_096;

/** The reply to `POST …/embeddings`. Pure. */
export function embeddingsReply(
  provider: ProviderRequest['provider'],
  body: JsonObject,
  context: ReplyContext,
): PlannedWholeReply {
  const texts = [body.input].flat().map(String);
  const usual = String(body.model).includes('large') ? LARGE : SMALL;
  const asked = typeof body.dimensions === 'number' ? body.dimensions : usual;
  const dimensions = Math.min(Math.max(1, Math.floor(asked)), MAX_DIMENSIONS);
  const tokens = texts.reduce((sum, text) => sum + countTokens(text), 0);
  const data = texts.map((text, index) => {
    const vector = vectorOf(text, dimensions);
    const embedding = body.encoding_format === 'base64' ? asBase64(vector) : vector;
    return { object: 'embedding', index, embedding };
  });
  const usage =
    context.fault?.name === 'no_usage' ? {} : { usage: { prompt_tokens: tokens, total_tokens: tokens } };
  return jsonReply(
    200,
    { object: 'list', data, model: body.model, ...usage },
    providerHeaders(provider, context.callNumber),
  );
}

/** Each word has a place and a sign of its own; the vector is of length 1. */
function vectorOf(text: string, dimensions: number): number[] {
  const vector = new Array<number>(dimensions).fill(0);
  for (const word of text.toLowerCase().match(/[\p{L}\p{N}_]+/gu) ?? ['']) {
    const hash = hashOf(word);
    const place = hash % dimensions;
    vector[place]! += hash & 0x10000 ? 1 : -1;
  }
  const length = Math.hypot(...vector) || 1;
  return vector.map((number) => Number((number / length).toFixed(6)));
}

/** FNV-1a. */
function hashOf(word: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < word.length; at++) hash = Math.imul(hash ^ word.charCodeAt(at), 0x01000193) >>> 0;
  return hash;
}

function asBase64(vector: readonly number[]): string {
  const bytes = Buffer.alloc(vector.length * 4);
  for (const [at, number] of vector.entries()) bytes.writeFloatLE(number, at * 4);
  return bytes.toString('base64');
}
