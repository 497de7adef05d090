/** What makes an answer an answer: something in it, and a finish reason for every choice. */
import type { ChatCompletion, ChatCompletionChunk, Delta, FinishReason } from '../core/openai-types.ts';
import { malformed, type UpstreamFailure } from '../providers/upstream-failure.ts';

/** With these an empty answer is still the truth: the cap was spent on thinking, or a filter took it all. */
const EMPTY_IS_TRUE: readonly FinishReason[] = ['length', 'content_filter'];

/** @returns why a whole reply is no answer, or `undefined` when it is one. */
export function faultOf(completion: ChatCompletion, provider: string): UpstreamFailure | undefined {
  if (completion.choices.length === 0) return malformed(`${provider} sent a reply without choices.`);
  for (const { message, finish_reason: finishReason } of completion.choices) {
    if (!message) return malformed(`${provider} sent a choice without a message.`);
    if (!finishReason) return malformed(`${provider} sent an answer without a finish reason.`);
    const empty =
      !message.content && !message.tool_calls?.length && !message.function_call && !message.refusal;
    if (empty && !EMPTY_IS_TRUE.includes(finishReason)) return malformed(`${provider} sent an empty answer.`);
  }
  return undefined;
}

/** Watches a stream go by. */
export class StreamWatch {
  #hasContent = false;
  #emptyIsTrue = false;
  /** Choices, by index; nearly always one. */
  #open: number[] = [];
  #finished: number[] = [];

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

function carriesSomething(delta: Delta): boolean {
  return Boolean(
    delta.content ||
      delta.tool_calls?.length ||
      delta.function_call ||
      delta.refusal ||
      delta.reasoning_content ||
      delta.reasoning,
  );
}
