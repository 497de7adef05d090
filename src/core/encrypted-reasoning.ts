/**
 * Thinking that has to come back as it was, for formats with one place for it: `encrypted_content` of a reasoning item in the
 * Responses API, `signature` of a thinking block in the Messages API. What is in it is the provider's own (signed or encrypted
 * thoughts), under our envelope; what a provider of the very format wrote goes without.
 */

/** As OpenRouter writes thinking beside a message; pieces of one detail share an index. */
export interface ReasoningDetail {
  readonly type: string;
  readonly index?: number;
  readonly [field: string]: unknown;
}

/** Whose encryption it is, in OpenRouter's words. */
export const OPENAI_REASONING = 'openai-responses-v1';

const ENVELOPE = 'codellama-1.';
const GROWING = ['text', 'summary', 'signature', 'data'];
/** Characters; no answer thinks as much. */
const MAX_LENGTH = 16 * 1024 * 1024;

/** @returns nothing where there is nothing that has to come back: plain thoughts are told as they are */
export function toEncryptedContent(pieces: readonly ReasoningDetail[]): string | undefined {
  const details = joined(pieces).filter(({ signature, data }) => Boolean(signature || data));
  if (details.length === 0) return undefined;
  return ENVELOPE + Buffer.from(JSON.stringify(details)).toString('base64url');
}

/** No provider can read what is in an envelope of ours as it is. */
export function isEnvelope(content: unknown): content is string {
  return typeof content === 'string' && content.startsWith(ENVELOPE);
}

/** @returns the thoughts in an envelope of ours; nothing for content of another's, or that is none */
export function fromEncryptedContent(content: string): ReasoningDetail[] | undefined {
  if (!isEnvelope(content) || content.length > MAX_LENGTH) return undefined;
  try {
    const details: unknown = JSON.parse(Buffer.from(content.slice(ENVELOPE.length), 'base64url').toString());
    return Array.isArray(details) && details.every(isDetail) ? details : undefined;
  } catch {
    return undefined;
  }
}

/** Thoughts that came with an answer of chat in the form of `reasoning_details`; what is not of that form is left out. */
export function reasoningDetailsOf(message: object): readonly ReasoningDetail[] {
  const { reasoning_details: details } = message as { reasoning_details?: unknown };
  return Array.isArray(details) ? details.filter(isDetail) : [];
}

function isDetail(value: unknown): value is ReasoningDetail {
  return typeof value === 'object' && value !== null && typeof (value as ReasoningDetail).type === 'string';
}

/** Streams tell a detail in pieces. */
function joined(pieces: readonly ReasoningDetail[]): ReasoningDetail[] {
  const details: Record<string, unknown>[] = [];
  for (const piece of pieces) {
    const before = details.at(-1);
    const goesOn =
      before && piece.index !== undefined && before.index === piece.index && before.type === piece.type;
    if (!goesOn) {
      details.push({ ...piece });
      continue;
    }
    for (const [name, value] of Object.entries(piece)) {
      const grows = GROWING.includes(name) && typeof value === 'string' && typeof before[name] === 'string';
      before[name] = grows ? (before[name] as string) + value : (value ?? before[name]);
    }
  }
  return details as unknown as ReasoningDetail[];
}
