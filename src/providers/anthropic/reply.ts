/** Anthropic's whole message as OpenAI's completion. */
import type { ChatCompletion, FinishReason, Usage } from '../../core/openai-types.ts';
import { malformed } from '../../failures/upstream-failure.ts';
import { oneChoice } from '../one-choice.ts';
import { isListOfObjects, parseObject, saysNothing } from '../openai-wire.ts';
import type { Target } from '../provider.ts';
import { errorFailure } from './error.ts';

interface Message {
  id: string;
  model?: string;
  content: ContentBlock[];
  stop_reason: string | null;
  usage?: AnthropicUsage;
}
export interface ContentBlock {
  type: string;
  text?: string;
  thinking?: string;
  id?: string;
  name?: string;
  input?: unknown;
}
export interface AnthropicUsage {
  /** Excludes both cache counts. */
  input_tokens?: number | null;
  cache_creation_input_tokens?: number | null;
  cache_read_input_tokens?: number | null;
  /** Includes the thinking. */
  output_tokens?: number | null;
  output_tokens_details?: { thinking_tokens?: number | null } | null;
}

/** @throws {UpstreamFailure} when the text is no message */
export function readMessage(
  text: string,
  headers: Readonly<Record<string, string>>,
  target: Target,
): ChatCompletion {
  const parsed = parseObject(text, headers, target.provider);
  if (parsed.type === 'error') throw errorFailure(parsed, target.provider);
  const message = parsed as unknown as Message;
  if (!isListOfObjects(message.content)) {
    throw malformed(`${target.provider} sent a reply without content.`, {
      headers,
      body: text.slice(0, 4096),
    });
  }
  const { content } = message;
  const words = textOf(content, 'text', 'text');
  const thoughts = textOf(content, 'thinking', 'thinking');
  const calls = content
    .filter(({ type }) => type === 'tool_use')
    .map(({ id, name, input }) => ({
      id: id!,
      type: 'function' as const,
      function: { name: name!, arguments: JSON.stringify(input ?? {}) },
    }));
  const usage = message.usage && toUsage(message.usage);
  return oneChoice({
    id: message.id,
    model: message.model ?? target.model,
    words,
    thoughts,
    calls,
    finish: finishReason(message.stop_reason),
    usage: usage && !saysNothing(usage) ? usage : undefined,
  });
}

function textOf(content: readonly ContentBlock[], type: string, field: 'text' | 'thinking'): string {
  return content.map((block) => (block.type === type ? (block[field] ?? '') : '')).join('');
}

/** @returns `null` for a message that has not ended */
export function finishReason(stopReason: string | null | undefined): FinishReason | null {
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
    default:
      return 'stop';
  }
}

/** OpenAI counts what was cached within the prompt and what was thought within the completion. */
export function toUsage(usage: AnthropicUsage): Usage {
  const cached = usage.cache_read_input_tokens ?? 0;
  const written = usage.cache_creation_input_tokens ?? 0;
  const thinking = usage.output_tokens_details?.thinking_tokens ?? 0;
  const prompt = (usage.input_tokens ?? 0) + cached + written;
  const completion = usage.output_tokens ?? 0;
  const details = { cached_tokens: cached, ...(written > 0 && { cache_write_tokens: written }) };
  return {
    prompt_tokens: prompt,
    completion_tokens: completion,
    total_tokens: prompt + completion,
    prompt_tokens_details: details,
    ...(thinking > 0 && { completion_tokens_details: { reasoning_tokens: thinking } }),
  };
}
