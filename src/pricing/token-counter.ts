/** Token counts for answers whose provider reports none. Always marked as estimated. */
import type { ChatCompletion, ChatRequest, ReasoningText, Usage } from '../core/openai-types.ts';
import { TokenThread } from './token-thread.ts';

/** Milliseconds; past it the rule of thumb must do. */
const REQUEST_TIMEOUT = 3_000;
/** OpenAI's rule of thumb for English and code. */
const CHARACTERS_PER_TOKEN = 4;
/** Tokens around each message in OpenAI's chat format (OpenAI cookbook, "How to count tokens with tiktoken"). */
const TOKENS_PER_MESSAGE = 3;
const TOKENS_PER_REPLY = 3;
/** Characters of a text that are counted; of a longer one it is as many, from all over it. */
const MAX_COUNTED = 400_000;
const SAMPLE = 2_000;

/** Counts of ours, in the shape of a provider's. */
export type EstimatedUsage = Usage & { estimated: true };

const thread = new TokenThread();

/** Counts apart from whoever asks, and estimates by a rule of thumb what is not counted in time. */
export class TokenCounter {
  readonly #timeout: number;

  /** @param timeout milliseconds that a count may take */
  constructor(timeout = REQUEST_TIMEOUT) {
    this.#timeout = timeout;
  }

  /** What reading `request` and writing `answer`, an answer or a part of one, took. */
  async estimate(request: ChatRequest, answer: string, model: string): Promise<EstimatedUsage> {
    const prompt = [...request.messages.map(promptText), request.suffix ?? '', toolsText(request)];
    const texts = [prompt, [answer]];
    const samples = texts.map(sampleOf);
    const counts = await thread.count(encodingFor(model), samples, this.#timeout);
    const [input, output] = texts
      .map(lengthOf)
      .map((length, at) =>
        counts && length > 0
          ? Math.ceil(counts[at]! * (length / samples[at]!.length))
          : Math.ceil(length / CHARACTERS_PER_TOKEN),
      );
    const promptTokens = input! + request.messages.length * TOKENS_PER_MESSAGE + TOKENS_PER_REPLY;
    return {
      prompt_tokens: promptTokens,
      completion_tokens: output!,
      total_tokens: promptTokens + output!,
      estimated: true,
    };
  }
}

/** Characters of a text in pieces, each on lines of its own. */
function lengthOf(pieces: readonly string[]): number {
  let length = pieces.length - 1;
  for (const piece of pieces) length += piece.length;
  return length;
}

/**
 * What is counted in place of a long text: to count 10 MB takes seconds, and an estimate it is in any case. A long text is not
 * put together, which takes a tenth of a second.
 */
function sampleOf(pieces: readonly string[]): string {
  const length = lengthOf(pieces);
  if (length <= MAX_COUNTED) return pieces.join('\n');
  const samples = MAX_COUNTED / SAMPLE;
  const step = (length - SAMPLE) / (samples - 1);
  const found: string[] = [];
  /** The place of the next sample, and of the piece that is looked at. */
  let next = 0;
  let start = 0;
  for (const piece of pieces) {
    const end = start + piece.length + 1;
    for (; found.length < samples && next < end; next = Math.floor(found.length * step))
      found.push(piece.slice(next - start, next - start + SAMPLE));
    start = end;
  }
  return found.join('\n');
}

/** Newer OpenAI models use o200k; for other makers' models any encoding is a guess, and the result is marked. */
function encodingFor(model: string): string {
  return /^(?:gpt-4$|gpt-4-|gpt-3\.5)/.test(model) ? 'cl100k_base' : 'o200k_base';
}

/** Everything a model wrote, tool calls included. */
export function answerText(completion: ChatCompletion): string {
  return completion.choices
    .map(({ message }) => {
      const { reasoning_content: thinking, reasoning } = message as ReasoningText;
      return `${message.content ?? ''}${callsText(message.tool_calls)}${message.refusal ?? ''}${thinking ?? reasoning ?? ''}`;
    })
    .join('\n');
}

function promptText(message: ChatRequest['messages'][number]): string {
  const { content } = message;
  const calls = 'tool_calls' in message ? callsText(message.tool_calls) : '';
  if (typeof content === 'string') return content + calls;
  return (content ?? []).map((part) => ('text' in part ? part.text : '')).join('\n') + calls;
}

function callsText(calls: unknown): string {
  return calls ? JSON.stringify(calls) : '';
}

function toolsText(request: ChatRequest): string {
  return request.tools ? JSON.stringify(request.tools) : '';
}
