/** Messages of a chat, as they fit OpenAI, as input items of the Responses API: calls, results and thinking stand by themselves. */
import { asText } from '../../core/as-text.ts';
import { reasoningDetailsOf } from '../../core/encrypted-reasoning.ts';
import type { Fields } from '../../core/json-object.ts';
import type { ChatMessage } from '../../core/openai-types.ts';
import { toReasoningItems } from './reasoning-items.ts';

/** A conversation as items. */
export interface InputItems {
  readonly items: readonly object[];
  /** Names of what had no place among them. */
  readonly lost: readonly string[];
}

/** @param dropsReasoning it was another model's */
export function toInputItems(messages: readonly ChatMessage[], dropsReasoning: boolean): InputItems {
  const lost = new Set<string>();
  const customCalls = new Set<unknown>();
  const items = messages.flatMap((message): object[] => {
    const fields = message as unknown as Fields;
    if (fields.name != null) lost.add('messages.name');
    switch (message.role) {
      case 'assistant':
        return assistantItems(fields, { lost, customCalls, dropsReasoning });
      case 'tool':
      case 'function':
        return [resultItem(fields, customCalls)];
      default:
        return [{ role: message.role, content: inputContent(message.content) }];
    }
  });
  return { items, lost: [...lost] };
}

interface Turn {
  readonly lost: Set<string>;
  /** Ids of calls of freeform tools, whose results are items of another type. */
  readonly customCalls: Set<unknown>;
  readonly dropsReasoning: boolean;
}

function assistantItems(message: Fields, { lost, customCalls, dropsReasoning }: Turn): object[] {
  const details = reasoningDetailsOf(message);
  const reasoning = dropsReasoning ? [] : toReasoningItems(details);
  if (details.length > 0 && reasoning.length === 0) lost.add('messages.reasoning_details');
  if (message.audio != null) lost.add('messages.audio');
  const text = textOf(message.content) + (typeof message.refusal === 'string' ? message.refusal : '');
  const calls = Array.isArray(message.tool_calls) ? (message.tool_calls as readonly Fields[]) : [];
  return [
    ...reasoning,
    ...(text === '' ? [] : [{ role: 'assistant', content: text }]),
    ...calls.map((call) => {
      if (call.type === 'custom') customCalls.add(call.id);
      return callItem(call);
    }),
  ];
}

function callItem({ id, type, function: called, custom }: Fields): object {
  if (type === 'custom') return { type: 'custom_tool_call', call_id: id, ...(custom as object | undefined) };
  const { name, arguments: text } = (called ?? {}) as Fields;
  return { type: 'function_call', call_id: id, name, arguments: asText(text ?? '{}') };
}

function resultItem({ tool_call_id: id, content }: Fields, customCalls: ReadonlySet<unknown>): object {
  const type = customCalls.has(id) ? 'custom_tool_call_output' : 'function_call_output';
  return { type, call_id: id, output: inputContent(content) };
}

function inputContent(content: unknown): unknown {
  if (!Array.isArray(content)) return content ?? '';
  return (content as readonly Fields[]).map((part) => {
    switch (part.type) {
      case 'image_url': {
        const { url, detail } = (part.image_url ?? {}) as Fields;
        return { type: 'input_image', image_url: url ?? part.image_url, ...(detail != null && { detail }) };
      }
      case 'file':
        return { type: 'input_file', ...(part.file as object | undefined) };
      default:
        return { type: 'input_text', text: asText(part.text ?? part.refusal ?? '') };
    }
  });
}

function textOf(content: unknown): string {
  if (!Array.isArray(content)) return typeof content === 'string' ? content : '';
  return (content as readonly Fields[]).map(({ text, refusal }) => asText(text ?? refusal ?? '')).join('');
}
