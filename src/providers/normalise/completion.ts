/** A whole answer, put right: what every client may rely on, whoever sent it. */

import { randomUUID } from 'node:crypto';
import type { MutableFields } from '../../core/json-object.ts';
import type { ChatCompletion, Choice } from '../../core/openai-types.ts';
import { REDACTED } from '../../core/redactor.ts';
import { stopFieldsOf } from '../../core/stop-sequence.ts';
import { malformed } from '../../failures/upstream-failure.ts';
import type { Target } from '../provider.ts';
import { toFinishReason } from './finish-reason.ts';
import { normaliseLogprobs } from './logprobs.ts';
import { choiceIndex, hasRightTexts, MAX_CHOICES, makeTextsWhole, normaliseTexts } from './message-fields.ts';
import { eventFailure } from './reply-error.ts';
import { normaliseUsage } from './reported-usage.ts';
import { newCallId, normaliseToolCalls } from './tool-calls.ts';

type From = Pick<Target, 'provider' | 'model'>;

/**
 * Changes the completion, which has a list of choices that are objects, where it has to be put right.
 * @returns whether nothing had to be
 * @throws {UpstreamFailure} when it is no completion, or one that its provider says is broken
 */
export function normaliseCompletion(completion: MutableFields, from: From): boolean {
  const choices = completion.choices as readonly MutableFields[];
  if (choices.length > MAX_CHOICES) throw malformed(`${from.provider} sent too many choices.`);
  let isRight = normaliseHead(completion, from);
  const taken = new Set<number>();
  for (const [position, choice] of choices.entries()) {
    if (!normaliseChoice(choice, position, from.provider)) isRight = false;
    taken.add((choice as unknown as Choice).index);
  }
  // Two of one place would be one to whoever joins by it.
  if (taken.size < choices.length) {
    for (const [position, choice] of choices.entries()) choice.index = position;
    isRight = false;
  }
  return isRight;
}

function normaliseHead(completion: MutableFields, { model }: From): boolean {
  const before = completion.usage;
  const { object, model: theirs, id, created } = completion;
  const usage = normaliseUsage(before ?? (completion.x_groq as MutableFields | undefined)?.usage);
  if (usage) completion.usage = usage;
  else delete completion.usage;
  if (object !== 'chat.completion') completion.object = 'chat.completion';
  if (!isText(theirs)) completion.model = model;
  if (!isText(id)) completion.id = `chatcmpl-${randomUUID()}`;
  if (!Number.isFinite(created)) completion.created = Math.floor(Date.now() / 1000);
  return (
    before === usage &&
    object === 'chat.completion' &&
    isText(theirs) &&
    isText(id) &&
    Number.isFinite(created)
  );
}

/** @returns whether nothing had to be put right */
function normaliseChoice(choice: MutableFields, position: number, provider: string): boolean {
  if (choice.error) throw eventFailure({ error: choice.error }, provider);
  // An old completion has its text where the message would be.
  if (!choice.message && typeof choice.text === 'string') choice.message = { content: choice.text };
  const message = choice.message as MutableFields | null | undefined;
  if (typeof message !== 'object' || message === null)
    throw malformed(`${provider} sent a choice without a message.`);
  const { index, logprobs } = choice;
  const isMessageRight = normaliseMessage(message, provider);
  choice.index = choiceIndex(index, position, provider);
  // Of an answer that a secret was taken out of they have it again, token by token.
  const isRedacted = typeof message.content === 'string' && message.content.includes(REDACTED);
  if (logprobs !== undefined)
    choice.logprobs = isRedacted ? null : normaliseLogprobs(logprobs, message.content);
  const isFinishRight = normaliseFinish(choice, message, provider);
  return isMessageRight && isFinishRight && index === choice.index && logprobs === choice.logprobs;
}

function normaliseMessage(message: MutableFields, provider: string): boolean {
  let isRight = true;
  if (message.role !== 'assistant') {
    message.role = 'assistant';
    isRight = false;
  }
  if (!hasRightTexts(message)) {
    normaliseTexts(message, provider);
    isRight = false;
  }
  makeTextsWhole(message);
  // The old form of a call; inside there is only the new one.
  if (message.function_call && !message.tool_calls) {
    message.tool_calls = [{ id: newCallId(), type: 'function', function: message.function_call }];
    delete message.function_call;
    isRight = false;
  }
  const { tool_calls: calls } = message;
  if (calls !== undefined && calls !== null) {
    message.tool_calls = normaliseToolCalls(calls, provider);
    if (message.tool_calls !== calls) isRight = false;
  } else if (calls === null) {
    delete message.tool_calls;
    isRight = false;
  }
  if (message.content === undefined) {
    message.content = null;
    isRight = false;
  }
  return isRight;
}

/** An empty reason at the end of a whole answer is an end; none at all is told by whoever asks whether it is whole. */
function normaliseFinish(choice: MutableFields, message: MutableFields, provider: string): boolean {
  const said = choice.finish_reason;
  if (said === null || said === undefined) return true;
  const hasCalls = ((message.tool_calls as unknown[] | undefined)?.length ?? 0) > 0;
  choice.finish_reason = toFinishReason(said === '' ? 'stop' : said, hasCalls, provider);
  Object.assign(choice, stopFieldsOf(said));
  return choice.finish_reason === said;
}

function isText(value: unknown): boolean {
  return typeof value === 'string' && value !== '';
}

/** For wires that are translated: the completion itself. */
export function normalised(completion: ChatCompletion, from: From): ChatCompletion {
  normaliseCompletion(completion as unknown as MutableFields, from);
  return completion;
}
