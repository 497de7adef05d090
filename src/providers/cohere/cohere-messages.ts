/** OpenAI's conversation as Cohere's: nearly the same, but for system messages and for what is said before a tool call. */
import type {
  ChatCompletionContentPart,
  ChatMessage,
  ReasoningText,
  ToolCall,
} from '../../core/openai-types.ts';

import { ANY_TOOL_IDS, withToolIds } from '../fit/tool-ids.ts';

interface Part {
  readonly type: string;
  readonly [field: string]: unknown;
}
type Content = string | Part[];

/** A message as Cohere takes it. */
export interface CohereMessage {
  readonly role: 'system' | 'user' | 'assistant' | 'tool';
  readonly content?: Content;
  readonly [field: string]: unknown;
}

type AnyPart = ChatCompletionContentPart | { type: 'refusal'; refusal: string };
type Assistant = Extract<ChatMessage, { role: 'assistant' }> & ReasoningText;

/** Cohere takes a system message at the start only ("system turn must be the first in the list"): all become that one. */
export function toCohereMessages(messages: readonly ChatMessage[]): CohereMessage[] {
  const system: string[] = [];
  const others: CohereMessage[] = [];
  for (const message of withToolIds([...messages], ANY_TOOL_IDS)) {
    if (message.role === 'system' || message.role === 'developer') system.push(textOf(message.content));
    else others.push(...toCohereMessage(message));
  }
  // A conversation has a word of the user, if only the last of the instructions.
  const question = others.length === 0 ? system.pop() : undefined;
  if (question) others.push({ role: 'user', content: question });
  const instructions = system.filter(Boolean).join('\n\n');
  return instructions ? [{ role: 'system', content: instructions }, ...others] : others;
}

function toCohereMessage(message: ChatMessage): CohereMessage[] {
  switch (message.role) {
    case 'assistant':
      return assistantMessage(message);
    case 'tool':
      return [{ role: 'tool', tool_call_id: message.tool_call_id, content: toContent(message.content) }];
    default:
      return [{ role: 'user', content: toContent(message.content) }];
  }
}

/**
 * What is said or thought before a tool call is Cohere's tool plan. An answer without a word is left out: Cohere wants
 * "at least 1 token" of each message.
 */
function assistantMessage(message: Assistant): CohereMessage[] {
  const calls = (message.tool_calls ?? []).flatMap(toCohereCall);
  if (calls.length === 0) {
    const content = toContent(message.content ?? message.refusal);
    return content.length > 0 ? [{ role: 'assistant', content }] : [];
  }
  const thoughts = message.reasoning_content ?? message.reasoning ?? '';
  const plan = [thoughts, textOf(message.content)].filter(Boolean).join('\n\n');
  return [{ role: 'assistant', tool_calls: calls, ...(plan && { tool_plan: plan }) }];
}

function toCohereCall(call: ToolCall): object[] {
  if (call.type !== 'function') return [];
  const { name, arguments: text } = call.function;
  return [{ id: call.id, type: 'function', function: { name, arguments: text || '{}' } }];
}

function toContent(content: ChatMessage['content']): Content {
  if (!content || typeof content === 'string') return content ?? '';
  return (content as readonly AnyPart[]).flatMap(toPart);
}

function toPart(part: AnyPart): Part[] {
  if (part.type === 'image_url') return [{ type: 'image_url', image_url: part.image_url }];
  const text = textOfPart(part);
  return text ? [{ type: 'text', text }] : [];
}

function textOf(content: ChatMessage['content']): string {
  if (!content || typeof content === 'string') return content ?? '';
  return content.map(textOfPart).join('');
}

/** Audio and files never come here: they are refused as features. */
function textOfPart(part: AnyPart): string {
  if (part.type === 'text') return part.text;
  return part.type === 'refusal' ? part.refusal : '';
}
