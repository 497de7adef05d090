/** How an answer lies in a GPTCache server: with all that is needed to tell whose it is, whether it is ours, and how old. */
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { StoredAnswer } from '../answer-store.ts';

/** What is stored beside an answer. */
export interface Envelope {
  readonly scope: string;
  readonly prompt: string;
  readonly requestId: string | null;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
  readonly lexicon: number;
  readonly answer: StoredAnswer;
}

const VERSION = 1;
const MAX_LENGTH = 1_000_000;

/** @param secret anybody who reaches the server can put rows into it @returns undefined when it is too long to be stored */
export function seal(envelope: Envelope, secret: string, maxLength = MAX_LENGTH): string | undefined {
  const payload = JSON.stringify(envelope);
  const text = JSON.stringify({ v: VERSION, payload, mac: macOf(payload, secret) });
  return text.length <= Math.min(maxLength, MAX_LENGTH) ? text : undefined;
}

/** @returns undefined for what we have not put there */
export function unseal(text: string, secret: string): Envelope | undefined {
  if (text.length > MAX_LENGTH) return undefined;
  try {
    const { v, payload, mac } = JSON.parse(text) as Record<string, unknown>;
    if (v !== VERSION || typeof payload !== 'string' || typeof mac !== 'string') return undefined;
    const [given, expected] = [Buffer.from(mac), Buffer.from(macOf(payload, secret))];
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined;
    const envelope: unknown = JSON.parse(payload);
    return isEnvelope(envelope) ? envelope : undefined;
  } catch {
    return undefined;
  }
}

const macOf = (payload: string, secret: string) =>
  createHmac('sha256', secret).update(payload).digest('base64url');

/** Without a secret the seal says nothing, so that the form is checked all the same. */
function isEnvelope(value: unknown): value is Envelope {
  if (typeof value !== 'object' || value === null) return false;
  const { scope, prompt, requestId, expiresAt, lexicon, answer } = value as Record<string, unknown>;
  const isText =
    typeof scope === 'string' &&
    typeof prompt === 'string' &&
    (requestId === null || typeof requestId === 'string');
  return isText && typeof expiresAt === 'number' && typeof lexicon === 'number' && isAnswer(answer);
}

function isAnswer(value: unknown): value is StoredAnswer {
  if (typeof value !== 'object' || value === null) return false;
  const { json, finishReason, model, storedAt } = value as Record<string, unknown>;
  const hasReason = finishReason === null || typeof finishReason === 'string';
  return (
    typeof json === 'string' &&
    hasReason &&
    typeof model === 'string' &&
    typeof storedAt === 'number' &&
    isObject(json)
  );
}

function isObject(json: string): boolean {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}
