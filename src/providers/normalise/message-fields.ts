/** What whole messages and deltas have in common: their texts, and the old form of a call. */
import type { MutableFields } from '../../core/json-object.ts';
import { malformed } from '../../failures/upstream-failure.ts';
import { textsOf } from './content-texts.ts';

/** Choices of one answer; OpenAI's own bound of `n`. */
export const MAX_CHOICES = 128;

const TEXT_FIELDS = ['reasoning_content', 'reasoning', 'refusal'];

/** Whether every text of it is a text or is missing, so that nothing has to be put right. */
export function hasRightTexts(message: MutableFields): boolean {
  return TEXT_FIELDS.every((name) => isTextOrNone(message[name])) && isTextOrNone(message.content);
}

/** Content as text, its thinking beside it. Changes the message. @throws {UpstreamFailure} for content that is no text */
export function normaliseTexts(message: MutableFields, provider: string): void {
  for (const name of TEXT_FIELDS) {
    if (isTextOrNone(message[name])) continue;
    const texts = textsOf(message[name]);
    const text = texts && texts.thinking + texts.content;
    if (text) message[name] = text;
    else delete message[name];
  }
  if (isTextOrNone(message.content)) return;
  const texts = textsOf(message.content);
  if (!texts) throw malformed(`${provider} sent content that is no text.`);
  message.content = texts.content;
  if (texts.thinking) message.reasoning_content = `${message.reasoning_content ?? ''}${texts.thinking}`;
}

/** Half a character says nothing, unless the next piece has the other half. */
export function makeTextsWhole(message: MutableFields): void {
  for (const name of ['content', ...TEXT_FIELDS]) {
    const text = message[name];
    if (typeof text === 'string' && !text.isWellFormed()) message[name] = text.toWellFormed();
  }
}

/** An index that callers can rely on. @throws {UpstreamFailure} for one that no answer has */
export function choiceIndex(index: unknown, position: number, provider: string): number {
  const found = typeof index === 'string' && /^\d{1,3}$/.test(index) ? Number(index) : (index ?? position);
  if (Number.isInteger(found) && (found as number) >= 0 && (found as number) < MAX_CHOICES)
    return found as number;
  throw malformed(`${provider} sent a choice without a place.`);
}

function isTextOrNone(value: unknown): boolean {
  return typeof value === 'string' || value === null || value === undefined;
}
