import { randomUUID } from 'node:crypto';
import type { MutableFields } from '../../core/json-object.ts';
import { isDelta, type MayHaveNative, NATIVE } from '../../core/native-event.ts';
import type { ChatCompletionChunk, ChunkChoice, Usage } from '../../core/openai-types.ts';
import { malformed } from '../../failures/upstream-failure.ts';
import type { Target } from '../provider.ts';
import { ChoiceDeltas } from './choice-deltas.ts';
import { choiceIndex } from './message-fields.ts';
import { eventFailure, tellsError } from './reply-error.ts';
import { laterUsage, normaliseUsage } from './reported-usage.ts';

/** Characters of all texts and arguments of one stream. No answer is near it: the longest of today's are 1 MB. */
const MAX_CHARACTERS = 16 * 1024 * 1024;
/** Characters of events that are passed on as they came and are no deltas: OpenAI's Responses API repeats each text up to four times. */
const MAX_EVENT_CHARACTERS = 4 * MAX_CHARACTERS;

/** The chunks of one stream, put right one by one. A chunk that is right already goes on as it is. */
export class ChunkNormaliser {
  /** Of all texts and arguments so far. */
  characters = 0;
  readonly #provider: string;
  readonly #model: string;
  /** By their places, as they were told. */
  readonly #choices = new Map<unknown, ChoiceDeltas>();
  #usage: Usage | undefined;
  /** Of the last chunk, for one of ours. */
  #head: MutableFields | undefined;
  #id: string | undefined;
  #eventCharacters = 0;

  constructor({ provider, model }: Pick<Target, 'provider' | 'model'>) {
    this.#provider = provider;
    this.#model = model;
  }

  /**
   * @param event changed where it has to be put right
   * @returns nothing for what is no chunk: pings and what else providers send to keep a connection alive
   * @throws {UpstreamFailure} for an error, or for what is no part of an answer
   */
  add(event: object): ChatCompletionChunk | undefined {
    const chunk = event as MutableFields;
    const { choices } = chunk;
    const isPlain = chunk.object === 'chat.completion.chunk' && !chunk.error;
    if (!isPlain && tellsError(chunk)) throw eventFailure(chunk, this.#provider);
    const usage = this.#usageOf(chunk);
    if (choices === undefined || choices === null) {
      if (!usage) return undefined;
      chunk.choices = [];
    } else if (!Array.isArray(choices)) throw this.#noChunk();
    if ('error' in chunk) delete chunk.error;
    this.#addHead(chunk);
    for (const [position, choice] of (chunk.choices as unknown[]).entries())
      this.#addChoice(choice, position);
    const { [NATIVE]: native } = event as MayHaveNative;
    if (native && !isDelta(native)) this.#eventCharacters += native.data.length;
    if (this.characters > MAX_CHARACTERS || this.#eventCharacters > MAX_EVENT_CHARACTERS)
      throw malformed(`${this.#provider} sent an answer without end.`);
    return chunk as unknown as ChatCompletionChunk;
  }

  /**
   * The provider's own terminator has come. Choices that have something and no finish reason have ended all the same.
   * @returns what is still to be told
   */
  end(): ChatCompletionChunk | undefined {
    const places = [...this.#choices.keys()] as number[];
    const choices = places.sort((a, b) => a - b).flatMap((index) => this.#choices.get(index)!.end(index));
    if (choices.length === 0 || !this.#head) return undefined;
    const { usage: _usage, ...head } = this.#head;
    return { ...head, choices } as unknown as ChatCompletionChunk;
  }

  /** OpenAI puts `"usage": null` into every chunk when usage was asked for, which is always done for the receipt. */
  #usageOf(chunk: MutableFields): Usage | undefined {
    const reported =
      chunk.usage ?? (chunk.x_groq as MutableFields | undefined)?.usage ?? usageInChoice(chunk.choices);
    if (reported === undefined || reported === null) {
      if (chunk.usage === null) delete chunk.usage;
      return undefined;
    }
    const usage = normaliseUsage(reported);
    if (!usage) {
      delete chunk.usage;
      return undefined;
    }
    this.#usage = laterUsage(this.#usage, usage);
    chunk.usage = this.#usage;
    return usage;
  }

  #addHead(chunk: MutableFields): void {
    if (chunk.object !== 'chat.completion.chunk') chunk.object = 'chat.completion.chunk';
    if (typeof chunk.model !== 'string' || chunk.model === '') chunk.model = this.#model;
    if (typeof chunk.id !== 'string') {
      this.#id ??= `chatcmpl-${randomUUID()}`;
      chunk.id = this.#id;
    } else if (chunk.id !== '') this.#id ??= chunk.id;
    if (!Number.isFinite(chunk.created)) chunk.created = Math.floor(Date.now() / 1000);
    this.#head = chunk;
  }

  #addChoice(value: unknown, position: number): void {
    if (typeof value !== 'object' || value === null) throw this.#noChunk();
    const choice = value as unknown as MutableFields;
    if (choice.error) throw eventFailure({ error: choice.error }, this.#provider);
    const deltas = this.#choices.get(choice.index) ?? this.#place(choice, position);
    this.characters += deltas.add(choice as unknown as ChunkChoice);
  }

  /** The first piece of a choice, or one that does not say its place as it should. */
  #place(choice: MutableFields, position: number): ChoiceDeltas {
    const index = choiceIndex(choice.index, position, this.#provider);
    choice.index = index;
    const deltas = this.#choices.get(index) ?? new ChoiceDeltas(this.#provider);
    this.#choices.set(index, deltas);
    return deltas;
  }

  #noChunk(): Error {
    return malformed(`${this.#provider} sent a stream event that cannot be read.`);
  }
}

/** Moonshot's place for it, in the last choice. */
function usageInChoice(choices: unknown): unknown {
  return Array.isArray(choices) ? (choices[0] as MutableFields | null | undefined)?.usage : undefined;
}
