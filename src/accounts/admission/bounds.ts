/** The most a call can take: never less than what it will, so that a hold made of it cannot be overshot. */
import type { ChatRequest } from '../../core/openai-types.ts';
import type { Target } from '../../providers/provider.ts';

/** Output tokens a call with a limit gets when its caller names no cap and the model could write more. */
export const USUAL_OUTPUT = 8_192;
/** The same where nothing is known of the model: few take less than this. */
const CAUTIOUS_OUTPUT = 4_096;
/** With fewer output tokens than this an answer is of no use. */
export const MIN_OUTPUT = 16;
/** No model reads a picture as more (OpenAI's guide: gpt-4o-mini, 2,833 + 8 tiles of 5,667). */
const TOKENS_PER_IMAGE = 48_169;
/** Roles and separators; OpenAI's cookbook counts 3 to 4, other chat templates up to about 10. */
const TOKENS_PER_MESSAGE = 16;

/** Tokens of the prompt at most: no tokeniser makes more tokens of a text than it has bytes. */
export function promptBound(request: ChatRequest): number {
  let tokens = TOKENS_PER_MESSAGE;
  for (const message of request.messages) {
    tokens += TOKENS_PER_MESSAGE + contentBound(message.content);
    if ('tool_calls' in message && message.tool_calls) tokens += bytesOf(message.tool_calls);
  }
  if (request.tools) tokens += bytesOf(request.tools);
  if (request.response_format) tokens += bytesOf(request.response_format);
  return tokens;
}

function contentBound(content: ChatRequest['messages'][number]['content']): number {
  if (typeof content === 'string') return Buffer.byteLength(content);
  let tokens = 0;
  for (const part of content ?? []) {
    if (part.type === 'image_url') tokens += TOKENS_PER_IMAGE;
    else if (part.type === 'text') tokens += Buffer.byteLength(part.text);
    else tokens += bytesOf(part);
  }
  return tokens;
}

function bytesOf(value: object): number {
  return Buffer.byteLength(JSON.stringify(value));
}

/**
 * Output tokens of one choice at most.
 * @returns `isOurs` when the model could write more, so that the cap has to be sent along
 */
export function outputBound(request: ChatRequest, target: Target): { tokens: number; isOurs: boolean } {
  const own = Math.min(target.maxOutputTokens ?? Infinity, target.contextWindow ?? Infinity);
  const asked = request.max_completion_tokens ?? request.max_tokens;
  if (asked != null) return { tokens: Math.min(asked, own), isOurs: false };
  if (own <= USUAL_OUTPUT) return { tokens: own, isOurs: false };
  return { tokens: Number.isFinite(own) ? USUAL_OUTPUT : CAUTIOUS_OUTPUT, isOurs: true };
}
