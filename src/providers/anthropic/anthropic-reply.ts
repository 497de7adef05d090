/** Anthropic's whole message as OpenAI's completion. */

import { randomUUID } from 'node:crypto';
import { asText } from '../../core/as-text.ts';
import { parseBoundedJson } from '../../core/bounded-json.ts';
import type { FinishReason } from '../../core/openai-types.ts';
import type { StopFields } from '../../core/stop-sequence.ts';
import { malformed } from '../../failures/upstream-failure.ts';
import { oneChoice } from '../one-choice.ts';
import { isListOfObjects, parseObject, saysNothing } from '../openai-wire.ts';
import type { Target } from '../provider.ts';
import type { ReadCompletion } from '../whole-or-stream.ts';
import type { AnswerTool } from './answer-format.ts';
import type { Block } from './anthropic-content.ts';
import { errorFailure } from './anthropic-error.ts';
import { type AnthropicUsage, fromAnthropicUsage } from './anthropic-usage.ts';
import { toNativeAnswer } from './native-answer.ts';
import { toThoughts } from './thoughts.ts';
import { type AnthropicContentBlock, withoutSignatures } from './unsigned-thinking.ts';

interface Message {
  id: string;
  model?: string;
  content: AnthropicContentBlock[];
  stop_reason: string | null;
  stop_sequence?: string | null;
  usage?: AnthropicUsage;
}

/** How a reply is read. */
export interface ReadingOptions {
  /** The tool whose input is the answer. */
  readonly answer?: AnswerTool | undefined;
  /** The caller speaks this wire: events are kept as they came. */
  readonly isNative?: boolean;
  /** What is thought cannot be shown to the provider again: it is told without its signature. */
  readonly isUnsigned?: boolean;
}

/** @throws {UpstreamFailure} when the text is no message */
export function readMessage(
  text: string,
  headers: Readonly<Record<string, string>>,
  target: Target,
  { answer, isNative, isUnsigned }: ReadingOptions = {},
): ReadCompletion {
  const parsed = parseObject(text, headers, target.provider);
  if (parsed.type === 'error') throw errorFailure(parsed, target.provider);
  const message = parsed as unknown as Message;
  if (!isListOfObjects(message.content)) {
    throw malformed(`${target.provider} sent a reply without content.`, {
      headers,
      body: text.slice(0, 4096),
    });
  }
  const blocks = message.content.map((block) => checked(block, target.provider));
  const content = isUnsigned ? withoutSignatures(blocks) : blocks;
  const calls = content.filter(({ type, name }) => type === 'tool_use' && name !== answer?.name);
  const json = answer && content.find(({ type, name }) => type === 'tool_use' && name === answer.name);
  const finish = fromAnthropicStopReason(message.stop_reason);
  const words = textOf(content, 'text', 'text');
  const isWhole = finish === 'stop' || finish === 'tool_calls';
  if (answer && !json && calls.length === 0 && isWhole && !isJson(words)) {
    throw malformed(`${target.provider} did not give the JSON that was asked for.`);
  }
  const usage = fromAnthropicUsage(message.usage);
  const completion = oneChoice({
    id: typeof message.id === 'string' ? message.id : '',
    model: typeof message.model === 'string' ? message.model : target.model,
    words: json ? JSON.stringify(answerOf(json.input, answer)) : words,
    thoughts: textOf(content, 'thinking', 'thinking'),
    calls: calls.map(({ id, name, input }) => ({
      id: id!,
      type: 'function' as const,
      function: { name: name!, arguments: JSON.stringify(input ?? {}) },
    })),
    finish: json && calls.length === 0 && finish === 'tool_calls' ? 'stop' : finish,
    usage: saysNothing(usage) ? undefined : usage,
  });
  Object.assign(completion.choices[0]!, cutAt(message));
  Object.assign(completion.choices[0]!.message, toThoughts(content.filter(isThought).map(asThought)));
  if (!isNative) return { completion };
  const isUntouched = content.every((block, index) => block === message.content[index]);
  return { completion, native: toNativeAnswer(text, parsed, isUntouched ? undefined : content) };
}

/** The stop sequence that ended a message, beside its finish reason. */
export function cutAt({ stop_reason: reason, stop_sequence: sequence }: Partial<Message>): StopFields {
  return reason === 'stop_sequence' && typeof sequence === 'string' ? { stop_reason: sequence } : {};
}

/** A block as the wire promises it. @throws {UpstreamFailure} malformed */
export function checked(block: AnthropicContentBlock, provider: string): AnthropicContentBlock {
  const { type, text, thinking, signature, data, id, name, input } = block;
  const isText = (value: unknown) => value === undefined || value === null || typeof value === 'string';
  const isCall = type === 'tool_use';
  const isWhole =
    typeof type === 'string' &&
    (type !== 'text' || isText(text)) &&
    (!isThought(block) || (isText(thinking) && isText(signature) && isText(data))) &&
    (!isCall || (typeof name === 'string' && name !== '' && isText(id) && isInput(input)));
  if (!isWhole) throw malformed(`${provider} sent a content block that cannot be read.`);
  return isCall && !id ? { ...block, id: `call_${randomUUID().replaceAll('-', '')}` } : block;
}

function isInput(input: unknown): boolean {
  return input === undefined || input === null || (typeof input === 'object' && !Array.isArray(input));
}

/** Whether a block is thinking: shown, or hidden by the provider. */
export function isThought({ type }: AnthropicContentBlock): boolean {
  return type === 'thinking' || type === 'redacted_thinking';
}

/** As it goes back in: nothing but what Anthropic reads. */
export function asThought({ type, thinking, signature, data }: AnthropicContentBlock): Block {
  return type === 'thinking'
    ? { type, thinking: thinking ?? '', signature: signature ?? '' }
    : { type, data: data ?? '' };
}

/** Servers that speak this wire may answer in words where a call was forced: JSON is as good there. */
export function isJson(text: string): boolean {
  try {
    parseBoundedJson(text);
    return true;
  } catch {
    return false;
  }
}

/** The answer within the input of a tool that stood in for a JSON format. */
export function answerOf(input: unknown, { field }: Pick<AnswerTool, 'field'>): unknown {
  return field === undefined ? (input ?? {}) : (input as Record<string, unknown> | undefined)?.[field];
}

function textOf(content: readonly AnthropicContentBlock[], type: string, field: 'text' | 'thinking'): string {
  return content.map((block) => (block.type === type ? (block[field] ?? '') : '')).join('');
}

/** @returns `null` for a message that has not ended; an unknown word as it came */
export function fromAnthropicStopReason(stopReason: string | null | undefined): FinishReason | null {
  switch (stopReason) {
    case null:
    case undefined:
      return null;
    case 'max_tokens':
    case 'model_context_window_exceeded':
      return 'length';
    case 'tool_use':
      return 'tool_calls';
    case 'refusal':
      return 'content_filter';
    case 'end_turn':
    case 'stop_sequence':
      return 'stop';
    // The turn is not over: what came is the beginning of it.
    case 'pause_turn':
      return 'length';
    default:
      // A word that nobody knows is no good end: what judges answers takes it for a broken one.
      return asText(stopReason) as FinishReason;
  }
}
