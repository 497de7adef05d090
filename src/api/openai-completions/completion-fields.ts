/** Fields of the doors for text completions. */
import { z } from 'zod';
import { isJsonObject } from '../../core/json-object.ts';
import type { ChatRequest } from '../../core/openai-types.ts';
import { invalidRequest } from '../../failures/failure.ts';
import {
  FIELDS as CHAT_FIELDS,
  KNOWN_FIELDS as KNOWN_CHAT_FIELDS,
} from '../openai-chat/chat-request-schema.ts';

/** Prompts of one request, each of which is a call; OpenAI takes more, in batches. */
export const MAX_PROMPTS = 32;
/** Choices of all prompts. */
const MAX_CHOICES = 128;

/** Parameters that mean the same as in a chat. */
const SHARED = [
  ...['model', 'stream', 'stream_options', 'cache', 'strict_params', 'temperature', 'top_p', 'stop', 'seed'],
  ...['presence_penalty', 'frequency_penalty', 'logit_bias', 'user', 'reasoning_effort', 'metadata'],
];
const count = z.int().min(1).nullish();

const own = {
  /** Checked by `promptTexts`. */
  prompt: z.unknown(),
  suffix: z.string().nullish(),
  max_tokens: count,
  n: z.int().min(1).max(MAX_CHOICES).nullish(),
  best_of: count,
  echo: z.boolean().nullish(),
  logprobs: z.int('must be a whole number from 0 to 20').min(0).max(20).nullish(),
};

/** Fields whose values are checked, by their schemas; those that chat has, too, are checked alike. */
export const COMPLETION_FIELDS: ReadonlyMap<string, z.ZodType> = new Map([
  ...SHARED.map((name) => [name, CHAT_FIELDS.get(name)!] as const),
  ...Object.entries(own),
]);

/** These, and fields that are passed on or over without a check. Any other name is an error that says which was meant. */
export const KNOWN_COMPLETION_FIELDS: ReadonlySet<string> = new Set([
  ...COMPLETION_FIELDS.keys(),
  ...[...KNOWN_CHAT_FIELDS].filter((name) => !CHAT_FIELDS.has(name)),
]);

/** What only chats have; in silence they would have no effect. */
const OF_CHATS = [
  'messages',
  'tools',
  'tool_choice',
  'functions',
  'function_call',
  'response_format',
  'max_completion_tokens',
];

/** @throws {Failure} */
export function requireCompletionBody(body: unknown, example: string): Readonly<Record<string, unknown>> {
  if (!isJsonObject(body)) throw invalidRequest(`The body must be a JSON object, such as ${example}.`);
  const fields = body as Readonly<Record<string, unknown>>;
  const stray = OF_CHATS.find((name) => fields[name] !== undefined && fields[name] !== null);
  if (stray === 'max_completion_tokens')
    throw invalidRequest('`max_completion_tokens` is for chats: send `max_tokens`.', stray);
  if (stray)
    throw invalidRequest(
      `\`${stray}\` is for chats: send it to /v1/chat/completions, or leave it out.`,
      stray,
    );
  return fields;
}

/**
 * @param prompt a text, or several
 * @throws {Failure} also for lists of tokens: each model has its own, and they would be another text to the next one
 */
export function promptTexts(prompt: unknown, mayBeEmpty: boolean): readonly string[] {
  const list = Array.isArray(prompt) ? prompt : [prompt];
  if (list.some((item) => typeof item === 'number' || Array.isArray(item)))
    throw invalidRequest(
      '`prompt` must be text: token ids mean another text to each model. Send the text itself.',
      'prompt',
    );
  if (prompt === undefined || prompt === null)
    throw invalidRequest(
      'Say what is to go on: `prompt` (a string, or a list of strings) is required.',
      'prompt',
    );
  if (list.length === 0) throw invalidRequest('`prompt` must hold at least 1 item.', 'prompt');
  if (list.length > MAX_PROMPTS)
    throw invalidRequest(
      `\`prompt\` must hold at most ${MAX_PROMPTS} items; send the others in further requests.`,
      'prompt',
    );
  for (const [index, text] of list.entries()) {
    const field = Array.isArray(prompt) ? `prompt.${index}` : 'prompt';
    if (typeof text !== 'string') throw invalidRequest(`\`${field}\` must be a string.`, field);
    if (text === '' && !mayBeEmpty) throw invalidRequest(`\`${field}\` must not be empty.`, field);
  }
  return list as readonly string[];
}

/** @throws {Failure} for more choices than are given */
export function choicesOf(n: number, prompts: number): number {
  if (n * prompts <= MAX_CHOICES) return n * prompts;
  throw invalidRequest(`\`n\` times the number of prompts must be at most ${MAX_CHOICES}.`, 'n');
}

/** The texts as the pipeline has them. */
export function toMessages(texts: readonly string[]): ChatRequest['messages'] {
  return texts.map((content) => ({ role: 'user', content }));
}
