/** What makes an answer an answer: something in it, and a finish reason for every choice. */
import type {
  ChatCompletion,
  ChatCompletionChunk,
  ChatRequest,
  Delta,
  FinishReason,
  ReasoningText,
} from '../core/openai-types.ts';
import { malformed, type UpstreamFailure } from '../providers/upstream-failure.ts';

/** With these an empty answer is still the truth: the cap was spent on thinking, or a filter took it all. */
const EMPTY_IS_TRUE: readonly FinishReason[] = ['length', 'content_filter'];

/**
 * Whether an answer without a word may be true: a model may have nothing to add to what a tool gave, and a stop sequence may
 * come first. Of anything else the next target is asked; where there is none, its answer is what it is.
 */
export function mayBeEmpty({ messages, stop }: ChatRequest, isOnlyTarget: boolean): boolean {
  const last = messages.at(-1)?.role;
  return isOnlyTarget || last === 'tool' || last === 'function' || (stop != null && stop.length > 0);
}

/** @returns why a whole reply is no answer, or `undefined` when it is one. */
export function faultOf(
  completion: ChatCompletion,
  provider: string,
  emptyIsTrue = false,
): UpstreamFailure | undefined {
  if (completion.choices.length === 0) return malformed(`${provider} sent a reply without choices.`);
  for (const { message, finish_reason: finishReason } of completion.choices) {
    if (!message) return malformed(`${provider} sent a choice without a message.`);
    if (!finishReason) return malformed(`${provider} sent an answer without a finish reason.`);
    if (!emptyIsTrue && !carriesSomething(message) && !EMPTY_IS_TRUE.includes(finishReason))
      return malformed(`${provider} sent an empty answer.`);
  }
  return undefined;
}

/** Watches a stream go by. */
export class StreamWatch {
  #hasContent = false;
  #emptyIsTrue: boolean;
  /** Choices, by index; nearly always one. */
  #open: number[] = [];
  #finished: number[] = [];

  /** @param emptyIsTrue whether an end without a word is an answer */
  constructor(emptyIsTrue = false) {
    this.#emptyIsTrue = emptyIsTrue;
  }

  add(batch: readonly ChatCompletionChunk[]): void {
    for (const chunk of batch) {
      for (const { index, delta, finish_reason: finishReason } of chunk.choices) {
        if (!this.#hasContent && carriesSomething(delta)) this.#hasContent = true;
        if (finishReason) this.#finish(index, finishReason);
        else if (!this.#finished.includes(index) && !this.#open.includes(index))
          this.#open = [...this.#open, index];
      }
    }
  }

  /** A real delta was seen, so the caller may be answered from this stream. */
  get hasBegun(): boolean {
    return this.#hasContent || (this.#emptyIsTrue && this.hasFinished);
  }

  /** Every choice that began has its finish reason. */
  get hasFinished(): boolean {
    return this.#open.length === 0 && this.#finished.length > 0;
  }

  #finish(index: number, reason: FinishReason): void {
    this.#open = this.#open.filter((one) => one !== index);
    if (!this.#finished.includes(index)) this.#finished = [...this.#finished, index];
    if (EMPTY_IS_TRUE.includes(reason)) this.#emptyIsTrue = true;
  }
}

/** Thoughts count: a model may think and then have nothing to say. */
function carriesSomething(said: Delta | (ChatCompletion.Choice['message'] & ReasoningText)): boolean {
  return Boolean(
    said.content ||
      said.tool_calls?.length ||
      said.function_call ||
      said.refusal ||
      said.reasoning_content ||
      said.reasoning,
  );
}
