/**
 * Rescue of a stream that breaks after its first words: the next target is asked to go on where the caller's text
 * stops, and its answer is joined without a seam. Where that would be dishonest (half a tool call, JSON, several
 * choices, logprobs) there is no rescue.
 */
import type { Batch } from '../core/chunk-stream.ts';
import { NATIVE } from '../core/native-event.ts';
import type { ChatCompletionChunk, ChatMessage, ChatRequest } from '../core/openai-types.ts';
import { StringBuilder } from '../core/string-builder.ts';
import { malformed } from '../failures/upstream-failure.ts';
import type { Target } from '../providers/provider.ts';
import { Seam, SeamError } from './seam.ts';

type Stitched = ChatCompletionChunk & { x_stitched?: true };

/** Rescues in one answer. */
export const MAX_RESCUES = 3;

/** What the caller has of an answer so far. */
export class SentSoFar {
  readonly #text = new StringBuilder();
  #head: Pick<ChatCompletionChunk, 'id' | 'created'> | undefined;
  #isJoinable = true;

  add(batch: Batch): void {
    for (const chunk of batch) {
      this.#head ??= { id: chunk.id, created: chunk.created };
      // What a provider found or ran itself, the next one would not know of.
      if (chunk[NATIVE]?.more === 'content') this.#isJoinable = false;
      for (const { index, delta, logprobs } of chunk.choices) {
        if (delta.content) this.#text.add(delta.content);
        if (index !== 0 || logprobs || delta.tool_calls?.length || delta.refusal) this.#isJoinable = false;
      }
    }
  }

  get text(): string {
    return this.#text.toString();
  }

  /** Every chunk of one answer carries the same id, whoever it comes from. */
  get head(): Pick<ChatCompletionChunk, 'id' | 'created'> | undefined {
    return this.#head;
  }

  mayBeContinued(request: ChatRequest): boolean {
    const format = request.response_format?.type ?? 'text';
    return this.#isJoinable && format === 'text' && (request.n ?? 1) === 1 && !request.logprobs;
  }
}

/** Anthropic's models up to Claude 3 and Together's take the beginning of an answer and go on from there. */
const TAKES_PREFILL: Record<string, RegExp> = {
  together: /./,
  anthropic: /^claude-(?:instant|v?1|2|3)/,
};

function takesPrefill({ provider, model, capabilities }: Target): boolean {
  return capabilities.prefill ?? TAKES_PREFILL[provider]?.test(model) ?? false;
}

/** What another target is asked, and how its answer is joined. */
export interface Continuation {
  readonly request: ChatRequest;
  readonly seam: Seam;
}

/** The request that asks `target` to go on after `sent`, in the way it can. */
export function continuationFor(request: ChatRequest, sent: string, target: Target): Continuation {
  const cap = request.max_completion_tokens ?? request.max_tokens;
  const left =
    cap == null
      ? {}
      : { max_tokens: Math.max(16, cap - Math.ceil(sent.length / 4)), max_completion_tokens: null };
  if (request.operation === 'text_completion') return goOnWithText(request, left, sent);
  const withMessage = (message: ChatMessage): ChatRequest => ({
    ...request,
    ...left,
    messages: [...request.messages, message],
  });
  if (takesPrefill(target) && sent.trim() !== '') {
    // Anthropic refuses a prefill that ends in white space.
    const shown = sent.trimEnd();
    return { request: withMessage({ role: 'assistant', content: shown }), seam: new Seam(sent, shown) };
  }
  return { request: withMessage({ role: 'user', content: quoted(sent) }), seam: new Seam(sent) };
}

/** A text that is to be gone on with is longer by what there is already. */
function goOnWithText(request: ChatRequest, left: Partial<ChatRequest>, sent: string): Continuation {
  const [prompt, ...others] = [...request.messages].reverse();
  const longer = { role: 'user' as const, content: `${prompt?.content ?? ''}${sent}` };
  return { request: { ...request, ...left, messages: [...others.reverse(), longer] }, seam: new Seam('') };
}

function quoted(sent: string): string {
  return (
    'Your answer was cut off. This is all of it so far, between the marks:\n' +
    // No line ends of ours at the marks: whether the answer stops before or after one must stay plain.
    `<<<BEGIN>>>${sent}<<<END>>>\n` +
    'Continue exactly where it stops, with the very next character. Repeat nothing of it, say nothing about the ' +
    'interruption, and do not open a code block again that is still open.'
  );
}

/** Makes a continuing stream part of the answer the caller already has. */
export class Stitcher {
  readonly #seam: Seam;
  readonly #sent: SentSoFar;
  #hasAdded = false;

  constructor(seam: Seam, sent: SentSoFar) {
    this.#seam = seam;
    this.#sent = sent;
  }

  /**
   * @returns what may go on to the caller now
   * @throws {UpstreamFailure} also for a continuation that adds nothing: who cannot go on has not shown that the answer
   * was complete
   */
  join(batch: Batch): Batch {
    try {
      const joined = batch.flatMap((chunk) => joinChunk(chunk, this.#seam, this.#sent));
      this.#hasAdded ||= joined.some(({ choices }) =>
        choices.some(({ delta }) => delta.content || delta.tool_calls),
      );
      if (!this.#hasAdded && joined.length > 0)
        throw malformed('The continuation adds nothing to the answer.');
      return joined;
    } catch (error) {
      throw error instanceof SeamError ? malformed(error.message) : error;
    }
  }
}

/** Usage is left out: each part has its own, and the receipt adds them up. */
function joinChunk(
  { usage: _usage, ...chunk }: ChatCompletionChunk,
  seam: Seam,
  sent: SentSoFar,
): Stitched[] {
  const stitched: Stitched[] = [];
  for (const choice of chunk.choices) {
    const { content, tool_calls: calls } = choice.delta;
    const text = (content ? seam.feed(content) : '') + (choice.finish_reason || calls ? seam.end() : '');
    const delta = { ...(text && { content: text }), ...(calls && { tool_calls: calls }) };
    if (!text && !calls && !choice.finish_reason) continue;
    stitched.push({
      ...chunk,
      ...sent.head,
      choices: [{ ...choice, delta }],
      ...(choice.finish_reason && { x_stitched: true as const }),
    });
  }
  return stitched;
}
