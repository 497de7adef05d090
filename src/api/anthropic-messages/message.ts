/** A whole answer as Anthropic's message. */
import { parseBoundedJson } from '../../core/bounded-json.ts';
import { reasoningDetailsOf, toEncryptedContent } from '../../core/encrypted-reasoning.ts';
import type { ChatCompletion, FinishReason, Usage } from '../../core/openai-types.ts';
import { stopSequenceOf } from '../../core/stop-sequence.ts';

/** A content block of thoughts: as text with the provider's signature, or as `data` that only the provider reads. */
export interface ThinkingBlock {
  readonly type: 'thinking' | 'redacted_thinking';
  readonly thinking?: string;
  readonly signature?: string;
  readonly data?: string;
}

/** Fields of ours beside OpenAI's: Anthropic's own thinking, word for word. */
export interface ThinkingFields {
  readonly thinking_blocks?: readonly ThinkingBlock[];
  readonly reasoning_content?: string | null;
  readonly reasoning?: string | null;
}

/** What of the caller's request its answer is told by. */
export interface MessageTerms {
  /** The caller's own names of tools, by those that were asked with in their place. */
  readonly toolNames?: ReadonlyMap<string, string>;
  readonly stops?: readonly string[];
}

/** The first choice, as the one that this API has. */
export function toMessage(completion: ChatCompletion, { toolNames, stops }: MessageTerms = {}): object {
  const choice = completion.choices[0]!;
  const message = choice.message as ChatCompletion.Choice['message'] & ThinkingFields;
  const text = message.content ?? message.refusal;
  const content: object[] = [
    ...thinkingBlocks(message),
    ...(text ? [{ type: 'text', text, citations: null }] : []),
    ...(message.tool_calls ?? []).flatMap((call) =>
      call.type === 'function'
        ? [
            {
              type: 'tool_use',
              id: call.id,
              name: toolNames?.get(call.function.name) ?? call.function.name,
              input: toInput(call.function.arguments),
            },
          ]
        : [],
    ),
  ];
  return {
    id: messageId(completion.id),
    type: 'message',
    role: 'assistant',
    model: completion.model,
    content,
    ...toStop(choice.finish_reason, stopSequenceOf(choice, stops ?? [])),
    usage: toMessageUsage(completion.usage),
  };
}

/** The id of an answer as clients of this API expect it; a provider's own is kept. */
export function messageId(id: string): string {
  return id.startsWith('msg_') ? id : `msg_${id.replace(/^chatcmpl-/, '')}`;
}

/** Why an answer ended, in Anthropic's words. @param sequence the stop sequence it was cut at, where that is known */
export function toStop(reason: FinishReason | null | undefined, sequence: string | undefined): object {
  return sequence === undefined
    ? { stop_reason: toStopReason(reason), stop_sequence: null }
    : { stop_reason: 'stop_sequence', stop_sequence: sequence };
}

function toStopReason(reason: FinishReason | null | undefined): string {
  switch (reason) {
    case 'length':
      return 'max_tokens';
    case 'tool_calls':
    case 'function_call':
      return 'tool_use';
    case 'content_filter':
      return 'refusal';
    default:
      return 'end_turn';
  }
}

/** OpenAI counts cached input within the prompt, Anthropic beside it. */
export function toMessageUsage(usage: Usage | undefined): object {
  const details = usage?.prompt_tokens_details as
    | { cached_tokens?: number; cache_write_tokens?: number }
    | undefined;
  const read = details?.cached_tokens ?? 0;
  const written = details?.cache_write_tokens ?? 0;
  return {
    input_tokens: Math.max(0, (usage?.prompt_tokens ?? 0) - read - written),
    cache_creation_input_tokens: written,
    cache_read_input_tokens: read,
    output_tokens: usage?.completion_tokens ?? 0,
  };
}

/** Thinking of other providers has no signature; an empty one says so, as it does in answers of Anthropic's. */
function thinkingBlocks(message: ThinkingFields): object[] {
  const { thinking_blocks: blocks, reasoning_content: content, reasoning } = message;
  if (blocks && blocks.length > 0) return [...blocks];
  const thinking = content ?? reasoning;
  const signature = envelopeOf(message);
  if (signature) return [{ type: 'thinking', thinking: thinking ?? '', signature }];
  return thinking ? [{ type: 'thinking', thinking, signature: '' }] : [];
}

/**
 * Encrypted thinking of another provider than Anthropic, in the one place of this format that comes back word for word.
 * @param message or a delta of one
 * @returns a signature; nothing where there is no such thinking
 */
export function envelopeOf(message: object): string | undefined {
  return toEncryptedContent(reasoningDetailsOf(message).filter(({ type }) => type === 'reasoning.encrypted'));
}

/** Arguments are whole JSON by the time they are here; what is no object still reaches the caller. */
function toInput(text: string): unknown {
  try {
    return parseBoundedJson(text || '{}');
  } catch {
    return { arguments: text };
  }
}
