/** Answers as Gemini's API gives them, whole or in pieces of the same shape (source: ai.google.dev/api/generate-content). */
import { parseBoundedJson } from '../../core/bounded-json.ts';
import type { Batch } from '../../core/chunk-stream.ts';
import { jsonText } from '../../core/json-pieces.ts';
import type { ChatCompletion, Delta, FinishReason, Usage } from '../../core/openai-types.ts';
import type { Failure } from '../../failures/failure.ts';
import type { CountedUsage, EventWriter, ReplyFormat } from '../api-format.ts';
import { toContentError } from './content-error.ts';

/** What of a request its answer depends on. */
export interface ContentReplyOptions {
  /** The caller's own names of tools, by the shorter ones that were asked with. */
  readonly toolNames: ReadonlyMap<string, string>;
  readonly includesThoughts: boolean;
  /** Events, as every client of today asks for them (`alt=sse`); otherwise one list of all pieces. */
  readonly asEvents: boolean;
}

/** How the answer to one request is written. */
export function contentReply(options: ContentReplyOptions): ReplyFormat {
  return {
    whole: ({ completion, leastLength }) => jsonText(toContent(completion, options), leastLength),
    events: () => new ContentWriter(options),
  };
}

type Part = Readonly<Record<string, unknown>>;
interface Called {
  readonly id: string | undefined;
  readonly name: string;
  readonly texts: string[];
}
type Thinking = { readonly reasoning_content?: string | null; readonly reasoning?: string | null };

function toContent(completion: ChatCompletion, options: ContentReplyOptions): object {
  const candidates = completion.choices.map(({ index, message, finish_reason: reason }) => {
    const { reasoning_content: content, reasoning } = message as Thinking;
    const calls = (message.tool_calls ?? []).flatMap((call) =>
      call.type === 'function'
        ? [{ id: call.id, name: call.function.name, texts: [call.function.arguments] }]
        : [],
    );
    const parts = [
      ...thoughtParts(content ?? reasoning, options),
      ...textParts(message.content ?? message.refusal),
      ...calls.map((call) => callPart(call, options)),
    ];
    return { content: { role: 'model', parts }, finishReason: toFinishReason(reason), index };
  });
  const { id, model, usage } = completion;
  return { candidates, ...usageMetadata(usage), modelVersion: model, responseId: id };
}

/** Each batch is a piece of its own; a call is told when it is whole, the end and the usage with the last piece. */
class ContentWriter implements EventWriter {
  readonly contentType: string | undefined;
  readonly #options: ContentReplyOptions;
  readonly #calls = new Map<string, Called & { readonly candidate: number }>();
  readonly #finishes = new Map<number, FinishReason>();
  #head: object = {};
  #usage: Usage | undefined;
  #hasBegun = false;

  constructor(options: ContentReplyOptions) {
    this.#options = options;
    this.contentType = options.asEvents ? undefined : 'application/json; charset=utf-8';
  }

  chunks(batch: Batch): string {
    const parts = new Map<number, Part[]>();
    for (const { id, model, choices, usage } of batch) {
      this.#head = { modelVersion: model, responseId: id };
      if (usage) this.#usage = usage;
      for (const { index, delta, finish_reason: reason } of choices) {
        const told = this.#delta(index, delta as Delta & Thinking);
        if (told.length > 0) parts.set(index, [...(parts.get(index) ?? []), ...told]);
        if (reason) this.#finishes.set(index, reason);
      }
    }
    if (parts.size === 0) return '';
    const candidates = [...parts].map(([index, own]) => ({ content: { role: 'model', parts: own }, index }));
    return this.#piece({ candidates, ...this.#head });
  }

  end(usage: CountedUsage | undefined): string {
    const indexes = new Set([0, ...this.#finishes.keys()]);
    const candidates = [...indexes].map((index) => {
      const calls = [...this.#calls.values()].filter(({ candidate }) => candidate === index);
      const parts = calls.map((call) => callPart(call, this.#options));
      // The last piece has a part, too: clients read it without a look.
      const content = { role: 'model', parts: parts.length > 0 ? parts : [{ text: '' }] };
      return { content, finishReason: toFinishReason(this.#finishes.get(index)), index };
    });
    const piece = this.#piece({ candidates, ...usageMetadata(this.#usage ?? usage), ...this.#head });
    return this.#options.asEvents ? piece : `${piece}]`;
  }

  /**
   * As an event, and once more as bare JSON in a write of its own. To Google's SDK, as Gemini CLI 0.61 has it (@google/genai 1.30,
   * `processStreamResponse`), an event with an `error` says nothing, and the stream ends as though it were whole; it throws where all
   * of one read is JSON with an `error`, and where what is left at the end is no event. Later ones (3.3) throw at the event. Other
   * readers of events pass the bare line over as a field they do not know.
   */
  failure(failure: Failure): string | readonly [string, string] {
    const error = toContentError(failure);
    const piece = this.#piece(error);
    return this.#options.asEvents ? [piece, `${JSON.stringify(error)}\r\n\r\n`] : `${piece}]`;
  }

  /** Google's own SDK reads nothing but `data:` after white space; a comment would hold it up. */
  ping(): string {
    return '\n';
  }

  #delta(candidate: number, delta: Delta & Thinking): Part[] {
    for (const { index, id, function: called } of delta.tool_calls ?? []) {
      const key = `${candidate} ${index}`;
      const known = this.#calls.get(key) ?? { candidate, id, name: called?.name ?? '', texts: [] };
      if (called?.arguments) known.texts.push(called.arguments);
      this.#calls.set(key, known);
    }
    return [
      ...thoughtParts(delta.reasoning_content ?? delta.reasoning, this.#options),
      ...textParts(delta.content ?? delta.refusal),
    ];
  }

  #piece(value: object): string {
    const json = JSON.stringify(value);
    if (this.#options.asEvents) return `data: ${json}\r\n\r\n`;
    const before = this.#hasBegun ? ',\r\n' : '[';
    this.#hasBegun = true;
    return before + json;
  }
}

function thoughtParts(text: string | null | undefined, { includesThoughts }: ContentReplyOptions): Part[] {
  return text && includesThoughts ? [{ text, thought: true }] : [];
}

function textParts(text: string | null | undefined): Part[] {
  return text ? [{ text }] : [];
}

function callPart({ id, name, texts }: Called, { toolNames }: ContentReplyOptions): Part {
  return {
    functionCall: { ...(id && { id }), name: toolNames.get(name) ?? name, args: argsOf(texts.join('')) },
  };
}

/** Arguments are whole JSON by the time they are here; what is no object still reaches the caller. */
function argsOf(text: string): unknown {
  try {
    return parseBoundedJson(text || '{}');
  } catch {
    return { arguments: text };
  }
}

function toFinishReason(reason: FinishReason | null | undefined): string {
  if (reason === 'length') return 'MAX_TOKENS';
  return reason === 'content_filter' ? 'SAFETY' : 'STOP';
}

/** Gemini counts thinking beside the answer, OpenAI within it. */
function usageMetadata(usage: Usage | undefined): object {
  if (!usage) return {};
  const thoughts = usage.completion_tokens_details?.reasoning_tokens ?? 0;
  const cached = usage.prompt_tokens_details?.cached_tokens ?? 0;
  return {
    usageMetadata: {
      promptTokenCount: usage.prompt_tokens,
      candidatesTokenCount: Math.max(0, usage.completion_tokens - thoughts),
      totalTokenCount: usage.total_tokens,
      ...(thoughts > 0 && { thoughtsTokenCount: thoughts }),
      ...(cached > 0 && { cachedContentTokenCount: cached }),
    },
  };
}
