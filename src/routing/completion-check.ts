/** What makes an answer an answer: a known finish reason for every choice, and something in it or a reason why not. */
import { NATIVE } from '../core/native-event.ts';
import type {
  ChatCompletion,
  ChatCompletionChunk,
  ChatRequest,
  Delta,
  FinishReason,
} from '../core/openai-types.ts';
import { malformed, type UpstreamFailure } from '../failures/upstream-failure.ts';
import { eventFailure } from '../providers/openai-wire.ts';

/**
 * OpenAI's (API reference, "The chat completion object"). Others tell of a broken answer: `error` (OpenRouter), `abort`
 * (SGLang), `insufficient_system_resource` (DeepSeek).
 */
const GOOD_ENDS: ReadonlySet<string> = new Set<FinishReason>([
  'stop',
  'length',
  'tool_calls',
  'function_call',
  'content_filter',
]);
/** With these an empty answer is still the truth: the cap was spent on thinking, or a filter took it all. */
const EMPTY_IS_TRUE: readonly FinishReason[] = ['length', 'content_filter'];

/** True where a model may have nothing to say: after a tool's result, at a gap that is none, or when a stop sequence came at once. */
export function mayBeEmpty({ messages, stop, operation }: ChatRequest): boolean {
  if (operation === 'text_completion') return true;
  const last = messages.at(-1)?.role;
  return last === 'tool' || last === 'function' || (stop?.length ?? 0) > 0;
}

/**
 * @param isEmptyTrue an answer without any content is taken for one
 * @returns why a whole reply is no answer, or `undefined` when it is one
 */
export function validateCompletion(
  completion: ChatCompletion,
  provider: string,
  isEmptyTrue = false,
): UpstreamFailure | undefined {
  if (completion.choices.length === 0) return malformed(`${provider} sent a reply without choices.`);
  for (const choice of completion.choices) {
    const { message, finish_reason: finishReason } = choice;
    if (!message) return malformed(`${provider} sent a choice without a message.`);
    if (!finishReason) return malformed(`${provider} sent an answer without a finish reason.`);
    if (!GOOD_ENDS.has(finishReason)) return brokenAnswer(choice, provider);
    if (isEmptyTrue || EMPTY_IS_TRUE.includes(finishReason)) continue;
    if (!carriesSomething(message)) return malformed(`${provider} sent an empty answer.`);
  }
  return undefined;
}

/** Watches a stream go by. */
export class CompletionTracker {
  /** A real delta was seen, so the caller may be answered from this stream. */
  hasBegun = false;
  /** Every choice that began has its finish reason. */
  hasFinished = false;
  /** Every choice that was asked for has its finish reason: only usage and the terminator are still to come. */
  isOver = false;
  readonly #provider: string;
  readonly #expected: number;
  #hasContent = false;
  #isEmptyTrue: boolean;
  /** Choices, by index; nearly always one. */
  #open: number[] = [];
  #finished: number[] = [];

  /** @param expected how many choices were asked for */
  constructor(provider = 'The provider', { expected = 1, isEmptyTrue = false } = {}) {
    this.#provider = provider;
    this.#expected = expected;
    this.#isEmptyTrue = isEmptyTrue;
  }

  /** @returns whether the answer went on @throws {UpstreamFailure} for an answer that the provider itself calls broken */
  add(batch: readonly ChatCompletionChunk[]): boolean {
    let wentOn = false;
    for (const chunk of batch) {
      // A part of the answer that only its own wire has.
      if (chunk[NATIVE]?.more === 'content') {
        this.#hasContent = true;
        wentOn = true;
      }
      for (const choice of chunk.choices) {
        const { index, delta, finish_reason: finishReason } = choice;
        if (carriesSomething(delta)) {
          this.#hasContent = true;
          wentOn = true;
        }
        if (finishReason) {
          if (!GOOD_ENDS.has(finishReason)) throw brokenAnswer(choice, this.#provider);
          if (this.#finish(index, finishReason)) wentOn = true;
        } else if (!this.#finished.includes(index) && !this.#open.includes(index))
          this.#open = [...this.#open, index];
      }
    }
    this.hasFinished = this.#open.length === 0 && this.#finished.length > 0;
    this.hasBegun = this.#hasContent || (this.#isEmptyTrue && this.hasFinished);
    this.isOver = this.hasFinished && this.#finished.length >= this.#expected;
    return wentOn;
  }

  /** @returns whether that is news */
  #finish(index: number, reason: FinishReason): boolean {
    if (EMPTY_IS_TRUE.includes(reason)) this.#isEmptyTrue = true;
    this.#open = this.#open.filter((one) => one !== index);
    if (this.#finished.includes(index)) return false;
    this.#finished = [...this.#finished, index];
    return true;
  }
}

/** Some part of an answer is in it. */
export function carriesAnything(batch: readonly ChatCompletionChunk[]): boolean {
  return batch.some(
    (chunk) =>
      chunk[NATIVE]?.more === 'content' || chunk.choices.some(({ delta }) => carriesSomething(delta)),
  );
}

/** OpenRouter puts the error that broke the answer into the choice. */
function brokenAnswer(choice: object, provider: string): UpstreamFailure {
  const { error, finish_reason: reason } = choice as { error?: unknown; finish_reason?: unknown };
  if (typeof error === 'object' && error !== null) return eventFailure({ error }, provider);
  return malformed(
    `${provider} broke off its answer (finish reason ${JSON.stringify(String(reason).slice(0, 60))}).`,
  );
}

interface CallPart {
  readonly id?: string;
  readonly function?: { readonly name?: string; readonly arguments?: string } | null;
  readonly custom?: { readonly name?: string; readonly input?: string } | null;
}

type Part = Pick<Delta, 'content' | 'refusal' | 'reasoning_content' | 'reasoning'> & {
  readonly tool_calls?: readonly CallPart[] | null;
  readonly function_call?: CallPart['function'] | null;
  readonly audio?: object | null;
};

function carriesSomething(part: Part): boolean {
  return Boolean(
    part.content ||
      part.tool_calls?.some(callCarriesSomething) ||
      callCarriesSomething({ function: part.function_call }) ||
      part.refusal ||
      part.audio ||
      part.reasoning_content ||
      part.reasoning,
  );
}

/** A piece of a call without any text is as empty as a delta without any. */
function callCarriesSomething({ id, function: named, custom }: CallPart): boolean {
  return Boolean(id || named?.name || named?.arguments || custom?.name || custom?.input);
}
