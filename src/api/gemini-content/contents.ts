/** Contents of Gemini's API as messages of a chat (source: ai.google.dev/api/caching#Content; recorded from Gemini CLI 0.61). */
import { asText } from '../../core/as-text.ts';
import { type Fields, isJsonObject } from '../../core/json-object.ts';
import type { ChatMessage } from '../../core/openai-types.ts';
import { shortToolName } from '../../core/tool-names.ts';
import { field, listField, wrong } from './fields.ts';

/** More is no conversation; the bound keeps one request from holding up all others. */
const MAX_PARTS = 20_000;

interface OpenCall {
  readonly id: string;
  readonly name: string;
}

/** Collects messages. Calls need no id here: a result belongs to the first open call of its name. */
export class ContentMessages {
  readonly messages: ChatMessage[] = [];
  /** Kinds of parts that no other wire has. */
  readonly skipped = new Set<string>();
  #open: OpenCall[] = [];
  #calls = 0;

  /** @throws {Failure} naming the field */
  addSystem(instruction: unknown): void {
    if (instruction === undefined) return;
    const text =
      typeof instruction === 'string'
        ? instruction
        : isJsonObject(instruction)
          ? listField(instruction, 'parts', 'systemInstruction.parts')
              .map(({ text }) => (typeof text === 'string' ? text : ''))
              .join('\n')
          : undefined;
    if (text === undefined) throw wrong('systemInstruction', 'must be a content or a text');
    if (text !== '') this.messages.push({ role: 'system', content: text });
  }

  /** @throws {Failure} naming the field */
  add(content: Fields, where: string): void {
    const { role = 'user' } = content;
    const parts = listField(content, 'parts', `${where}.parts`);
    if (parts.length > MAX_PARTS) throw wrong(`${where}.parts`, `has more than ${MAX_PARTS} parts`);
    if (role === 'model') this.#addModel(parts);
    else if (role === 'user' || role === 'function' || role === 'tool') this.#addUser(parts);
    else throw wrong(`${where}.role`, 'must be `user` or `model`');
  }

  #addModel(parts: readonly Fields[]): void {
    let text = '';
    const calls: object[] = [];
    for (const part of parts) {
      const call = field(part, 'functionCall');
      if (isJsonObject(call)) calls.push(this.#call(call, field(part, 'thoughtSignature')));
      // What it thought is for its own model alone.
      else if (part.thought === true) continue;
      else if (typeof part.text === 'string') text += part.text;
      else this.#skip(part);
    }
    if (text === '' && calls.length === 0) return;
    const message = {
      role: 'assistant',
      content: text === '' ? null : text,
      ...(calls.length > 0 && { tool_calls: calls }),
    };
    this.messages.push(message as unknown as ChatMessage);
  }

  #call(call: Fields, signature: unknown): object {
    this.#calls += 1;
    const name = shortToolName(asText(call.name));
    const id = typeof call.id === 'string' && call.id !== '' ? call.id : `call_${this.#calls}`;
    this.#open.push({ id, name });
    return {
      id,
      type: 'function',
      function: { name, arguments: JSON.stringify(call.args ?? {}) },
      // Gemini's own wire of OpenAI's shape keeps it there.
      ...(typeof signature === 'string' && { extra_content: { google: { thought_signature: signature } } }),
    };
  }

  #addUser(parts: readonly Fields[]): void {
    const said: object[] = [];
    for (const part of parts) {
      const response = field(part, 'functionResponse');
      if (isJsonObject(response)) this.#result(response);
      else {
        const own = toPart(part);
        if (own) said.push(own);
        else this.#skip(part);
      }
    }
    if (said.length > 0) this.messages.push({ role: 'user', content: plain(said) } as unknown as ChatMessage);
  }

  #result({ id, name, response }: Fields): void {
    const ofName = shortToolName(asText(name));
    const byId = this.#open.findIndex((call) => call.id === id);
    const at = byId >= 0 ? byId : this.#open.findIndex((call) => call.name === ofName);
    const [call] = at >= 0 ? this.#open.splice(at, 1) : [];
    this.messages.push({
      role: 'tool',
      tool_call_id: call?.id ?? asText(id ?? name),
      content: resultText(response),
    });
  }

  #skip(part: Fields): void {
    const [kind = 'empty'] = Object.keys(part);
    this.skipped.add(`contents (${/^\w{1,64}$/.test(kind) ? kind : 'unknown'})`);
  }
}

/** `{output: "…"}` is how results are usually wrapped; a failure is `{error: "…"}`. */
function resultText(response: unknown): string {
  if (!isJsonObject(response))
    return typeof response === 'string' ? response : JSON.stringify(response ?? '');
  const { output, error } = response;
  if (Object.keys(response).length === 1) {
    if (typeof output === 'string') return output;
    if (typeof error === 'string') return `Error: ${error}`;
  }
  return JSON.stringify(response);
}

/** One text is a string, as most servers want it. */
function plain(parts: readonly object[]): unknown {
  const [only] = parts as readonly { type: string; text?: string }[];
  return parts.length === 1 && only!.type === 'text' ? only!.text : parts;
}

function toPart(part: Fields): object | undefined {
  if (typeof part.text === 'string') return { type: 'text', text: part.text };
  const inline = field(part, 'inlineData');
  if (isJsonObject(inline)) {
    const type = asText(field(inline, 'mimeType') ?? 'application/octet-stream');
    const data = asText(inline.data ?? '');
    const audio = /^audio\/(?:x-)?(wav|mp3|mpeg)$/.exec(type)?.[1];
    if (audio) {
      const format = audio === 'wav' ? 'wav' : 'mp3';
      return { type: 'input_audio', input_audio: { data, format } };
    }
    const url = `data:${type};base64,${data}`;
    return type.startsWith('image/')
      ? { type: 'image_url', image_url: { url } }
      : { type: 'file', file: { file_data: url } };
  }
  const file = field(part, 'fileData');
  const uri = isJsonObject(file) ? field(file, 'fileUri') : undefined;
  if (typeof uri !== 'string') return undefined;
  const isImage = asText(field(file as Fields, 'mimeType') ?? '').startsWith('image/');
  return isImage ? { type: 'image_url', image_url: { url: uri } } : undefined;
}
