/** Cohere's whole reply as OpenAI's completion (https://docs.cohere.com/reference/chat, "Response"). */
import type { ChatCompletion, FinishReason } from '../../core/openai-types.ts';
import { stopFieldsOf } from '../../core/stop-sequence.ts';
import { malformed, UpstreamFailure } from '../../failures/upstream-failure.ts';
import { oneChoice } from '../one-choice.ts';
import { eventFailure, isListOfObjects, parseObject } from '../openai-wire.ts';
import type { Target } from '../provider.ts';
import { type LogprobItem, toLogprobs } from './cohere-logprobs.ts';
import { type CohereUsage, fromCohereUsage } from './cohere-usage.ts';

interface CohereReply {
  id?: string;
  finish_reason?: string | null;
  message: {
    content?: CohereContentBlock[] | null;
    /** What the model means to do with its tools, in words. */
    tool_plan?: string | null;
    tool_calls?: CohereToolCall[] | null;
  };
  usage?: CohereUsage;
  logprobs?: LogprobItem[] | null;
}

/** A piece of an answer's content; nothing in it is sure to be there. */
export interface CohereContentBlock {
  type?: string;
  text?: string;
  thinking?: string;
}

/** A tool call as it comes; nothing in it is sure to be there. */
export interface CohereToolCall {
  id?: string;
  function?: { name?: string; arguments?: string };
}

/** @throws {UpstreamFailure} when the text is no reply, or one that failed */
export function readCohereReply(
  text: string,
  headers: Readonly<Record<string, string>>,
  target: Target,
): ChatCompletion {
  const parsed = parseObject(text, headers, target.provider);
  // An error's `message` is its words.
  if (typeof parsed.message === 'string') throw eventFailure(parsed, target.provider);
  if (!isReply(parsed)) {
    throw malformed(`${target.provider} sent a reply without a message.`, {
      headers,
      body: text.slice(0, 4096),
    });
  }
  const { message, usage, logprobs } = parsed;
  const blocks = message.content ?? [];
  const words = blocks.map((block) => block.text ?? '').join('');
  const thoughts = [...blocks.map((block) => block.thinking), message.tool_plan].filter(Boolean).join('\n\n');
  const calls = (message.tool_calls ?? []).map((call) => ({
    id: call.id ?? '',
    type: 'function' as const,
    function: { name: call.function?.name ?? '', arguments: call.function?.arguments || '{}' },
  }));
  const finish = fromCohereFinishReason(parsed.finish_reason, undefined, target);
  const completion = oneChoice({
    id: parsed.id ?? '',
    model: target.model,
    words,
    thoughts,
    calls,
    logprobs: logprobs ? toLogprobs(logprobs) : null,
    finish,
    usage: fromCohereUsage(usage),
  });
  Object.assign(completion.choices[0]!, stopFieldsOf(parsed.finish_reason));
  return completion;
}

function isReply(parsed: object): parsed is CohereReply {
  const { message } = parsed as Partial<CohereReply>;
  if (typeof message !== 'object' || message === null) return false;
  const lists = [message.content ?? [], message.tool_calls ?? []];
  return lists.every(isListOfObjects);
}

/**
 * @param words what Cohere says of a generation that failed
 * @returns `null` for a reply that has not ended
 * @throws {UpstreamFailure} for a generation that failed
 */
export function fromCohereFinishReason(
  reason: string | null | undefined,
  words: string | undefined,
  target: Target,
): FinishReason | null {
  switch (reason) {
    case null:
    case undefined:
      return null;
    case 'MAX_TOKENS':
    case 'ERROR_LIMIT':
      return 'length';
    case 'TOOL_CALL':
      return 'tool_calls';
    case 'ERROR_TOXIC':
      return 'content_filter';
    case 'ERROR':
    case 'TIMEOUT':
    case 'USER_CANCEL': {
      const { facts } = eventFailure({ code: reason, message: words }, target.provider);
      throw new UpstreamFailure({ ...facts, status: STATUS_OF[reason] });
    }
    default:
      return 'stop';
  }
}

/** The status of the same failure as a reply; of an error its words tell more than any status. */
const STATUS_OF: Readonly<Record<string, number | undefined>> = { TIMEOUT: 504, USER_CANCEL: 499 };
