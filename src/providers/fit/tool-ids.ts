/**
 * Ids of tool calls in the alphabet of the server that is asked: a history may come from another provider (Kimi writes
 * `functions.get_weather:0`). The same history gives the same ids, so that prompt caches stay warm: an id depends on
 * nothing but itself and the calls before it.
 */
import { createHash } from 'node:crypto';
import type { ChatMessage } from '../../core/openai-types.ts';

/** Which ids a server takes, and how others become one of them. */
export interface ToolIdAlphabet {
  readonly pattern: RegExp;
  /** An id made of 16 bytes of a hash. */
  readonly make: (hash: Buffer) => string;
}

const LETTERS_AND_DIGITS = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';
const letters = (hash: Buffer, length: number) =>
  [...hash.subarray(0, length)].map((byte) => LETTERS_AND_DIGITS[byte % LETTERS_AND_DIGITS.length]).join('');

/** "String should match pattern '^[a-zA-Z0-9_-]+$'" (Anthropic). */
export const ANTHROPIC_TOOL_IDS: ToolIdAlphabet = {
  pattern: /^[a-zA-Z0-9_-]+$/,
  make: (hash) => `call_${letters(hash, 16)}`,
};
/** "must be a-z, A-Z, 0-9, with a length of 9" (Mistral). */
export const MISTRAL_TOOL_IDS: ToolIdAlphabet = {
  pattern: /^[a-zA-Z0-9]{9}$/,
  make: (hash) => letters(hash, 9),
};
/** "Expected a string with maximum length 40" (OpenAI). */
export const OPENAI_TOOL_IDS: ToolIdAlphabet = {
  pattern: /^[\s\S]{1,40}$/,
  make: (hash) => `call_${letters(hash, 16)}`,
};
/** Whatever is there, and once. */
export const ANY_TOOL_IDS: ToolIdAlphabet = { pattern: /^[\s\S]+$/, make: OPENAI_TOOL_IDS.make };

/** @returns the same list where every id is in the alphabet and belongs to one call */
export function withToolIds(messages: ChatMessage[], alphabet: ToolIdAlphabet): ChatMessage[] {
  const ids = new ToolIds(alphabet);
  const fitted = messages.map((message) => withOwnIds(message, ids));
  return fitted.some((message, index) => message !== messages[index]) ? fitted : messages;
}

function withOwnIds(message: ChatMessage, ids: ToolIds): ChatMessage {
  if (message.role === 'tool') {
    const id = ids.ofResult(message.tool_call_id);
    return id === message.tool_call_id ? message : { ...message, tool_call_id: id };
  }
  if (message.role !== 'assistant' || !message.tool_calls?.length) return message;
  ids.startTurn();
  const calls = message.tool_calls.map((call) => {
    const id = ids.ofCall(call.id);
    return id === call.id ? call : { ...call, id };
  });
  const isSame = calls.every((call, index) => call === message.tool_calls![index]);
  return isSame ? message : { ...message, tool_calls: calls };
}

/** Gives each call an id of its own, and results those of their calls. */
export class ToolIds {
  readonly #alphabet: ToolIdAlphabet;
  readonly #used = new Set<string>();
  /** By the caller's id: calls of the latest turn whose result is still to come. */
  #open = new Map<string, string[]>();
  /** By the caller's id: the last call that had it. */
  readonly #latest = new Map<string, string>();

  constructor(alphabet: ToolIdAlphabet) {
    this.#alphabet = alphabet;
  }

  startTurn(): void {
    this.#open = new Map();
  }

  ofCall(given: string): string {
    const id = this.#unused(given ?? '');
    this.#used.add(id);
    this.#latest.set(given, id);
    const open = this.#open.get(given);
    if (open) open.push(id);
    else this.#open.set(given, [id]);
    return id;
  }

  /** Results of calls that share an id come in the order of the calls. */
  ofResult(given: string): string {
    return this.#open.get(given)?.shift() ?? this.#latest.get(given) ?? this.#unused(given ?? '');
  }

  #unused(given: string): string {
    if (this.#alphabet.pattern.test(given) && !this.#used.has(given)) return given;
    for (let attempt = 0; ; attempt += 1) {
      const hash = createHash('sha256').update(`${attempt}:${given}`).digest();
      const id = this.#alphabet.make(hash);
      if (!this.#used.has(id)) return id;
    }
  }
}
