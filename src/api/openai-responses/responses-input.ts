/** Items of a Responses request as messages of a chat. */
import { asText } from '../../core/as-text.ts';
import { fromEncryptedContent, OPENAI_REASONING } from '../../core/encrypted-reasoning.ts';
import { isJsonObject } from '../../core/json-object.ts';
import type { ChatMessage } from '../../core/openai-types.ts';
import { toChatName } from '../../core/tool-names.ts';
import { invalidRequest } from '../../failures/failure.ts';
import type { ResponsesTools } from './responses-tools.ts';

type Item = Readonly<Record<string, unknown>>;

/** Collects messages: the calls and the thinking that stand as items of their own belong to one assistant message. */
export class InputMessages {
  readonly messages: ChatMessage[] = [];
  readonly skipped: string[] = [];
  readonly #tools: ResponsesTools;
  #assistant: AssistantMessage | undefined;
  /** Said by an item in the middle of the conversation. */
  effort: string | undefined;

  constructor(tools: ResponsesTools) {
    this.#tools = tools;
  }

  /** @throws {Failure} `invalid_request` naming the field */
  add(item: Item, where: string): void {
    switch (item.type ?? 'message') {
      case 'message':
        return this.#message(item, where);
      case 'function_call':
        return this.#call(item, asText(item.arguments ?? '{}'));
      case 'custom_tool_call':
        return this.#call(item, JSON.stringify({ input: item.input }));
      case 'local_shell_call':
        return this.#call({ ...item, name: 'local_shell' }, JSON.stringify(item.action ?? {}));
      case 'function_call_output':
      case 'custom_tool_call_output':
      case 'local_shell_call_output':
        return this.#output(item);
      case 'reasoning':
        return this.#reasoning(item);
      case 'additional_tools':
        return this.#tools.add((item.tools as Item[] | undefined) ?? []);
      case 'configuration_update':
        this.effort = effortOf(item) ?? this.effort;
        return;
      default:
        this.skipped.push(`input (${asText(item.type)})`);
    }
  }

  #message(item: Item, where: string): void {
    const { role } = item;
    const content = toContent(item.content, `${where}.content`);
    if (role === 'assistant') {
      // A list of texts is one answer; other servers want it as a string.
      const text = typeof content === 'string' ? content : content.map(({ text }) => text ?? '').join('');
      this.#open().content = (this.#open().content ?? '') + text;
      return;
    }
    if (role !== 'user' && role !== 'system' && role !== 'developer')
      throw invalidRequest(
        `\`${where}.role\` must be user, assistant, system or developer.`,
        `${where}.role`,
      );
    this.#close({ role, content } as unknown as ChatMessage);
  }

  #call(item: Item, text: string): void {
    const assistant = this.#open();
    assistant.tool_calls ??= [];
    assistant.tool_calls.push({
      id: asText(item.call_id ?? item.id),
      type: 'function',
      function: { name: toChatName(asText(item.name), item.namespace), arguments: text },
    });
  }

  #output(item: Item): void {
    const { text, pictures } = outputOf(item.output);
    const content = text || (pictures.length > 0 ? '(The picture follows.)' : '');
    this.#close({ role: 'tool', tool_call_id: asText(item.call_id ?? item.id), content } as ChatMessage);
    if (pictures.length > 0) this.#close({ role: 'user', content: pictures } as unknown as ChatMessage);
  }

  #reasoning({ summary, encrypted_content: encrypted, id }: Item): void {
    const own = typeof encrypted === 'string' ? fromEncryptedContent(encrypted) : undefined;
    if (own) {
      const assistant = this.#open();
      assistant.reasoning_details = [...(assistant.reasoning_details ?? []), ...own];
      return;
    }
    const text = Array.isArray(summary)
      ? summary.map((part: Item) => asText(part?.text ?? '')).join('\n')
      : '';
    const assistant = this.#open();
    assistant.reasoning_details ??= [];
    if (text) assistant.reasoning_details.push({ type: 'reasoning.summary', summary: text, id });
    if (encrypted)
      assistant.reasoning_details.push({
        type: 'reasoning.encrypted',
        data: encrypted,
        id,
        format: OPENAI_REASONING,
      });
  }

  #open(): AssistantMessage {
    if (!this.#assistant) {
      this.#assistant = { role: 'assistant', content: null };
      this.messages.push(this.#assistant as unknown as ChatMessage);
    }
    return this.#assistant;
  }

  #close(message: ChatMessage): void {
    this.#assistant = undefined;
    this.messages.push(message);
  }
}

interface AssistantMessage {
  role: 'assistant';
  content: string | null;
  tool_calls?: object[];
  reasoning_details?: object[];
}

type Part = { readonly type: string; readonly text?: string; readonly [field: string]: unknown };

function toContent(content: unknown, where: string): string | Part[] {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content))
    throw invalidRequest(`\`${where}\` must be a string or a list of content parts.`, where);
  return content.map((part: Item, index) => {
    if (!isJsonObject(part))
      throw invalidRequest(`\`${where}.${index}\` must be a content part.`, `${where}.${index}`);
    return toPart(part);
  });
}

function toPart(part: Item): Part {
  switch (part.type) {
    case 'input_text':
    case 'output_text':
    case 'text':
      return { type: 'text', text: asText(part.text ?? '') };
    case 'refusal':
      return { type: 'text', text: asText(part.refusal ?? '') };
    case 'input_image':
      return { type: 'image_url', image_url: { url: part.image_url, detail: part.detail ?? 'auto' } };
    case 'input_file': {
      const { type: _type, ...file } = part;
      return { type: 'file', file };
    }
    case 'input_audio':
      return { type: 'input_audio', input_audio: part.input_audio };
    default:
      return { ...part, type: asText(part.type) };
  }
}

/** What a tool gave back: a text, or a list of parts. */
function outputOf(output: unknown): { text: string; pictures: Part[] } {
  if (typeof output === 'string') return { text: output, pictures: [] };
  if (!Array.isArray(output)) return { text: JSON.stringify(output ?? ''), pictures: [] };
  const dependencies = output.filter(isJsonObject).map(toPart);
  return {
    text: dependencies.map(({ type, text }) => (type === 'text' ? text : '')).join(''),
    pictures: dependencies.filter(({ type }) => type === 'image_url'),
  };
}

/** How much a model is to think, as the request says it or a reasoning item of an earlier answer. */
export function effortOf({ reasoning }: Item): string | undefined {
  const { effort } = (reasoning ?? {}) as { effort?: unknown };
  return typeof effort === 'string' ? effort : undefined;
}
