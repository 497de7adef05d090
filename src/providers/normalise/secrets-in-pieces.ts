import { callText, withCallText } from '../../core/call-text.ts';
import { isDelta, keepNative, NATIVE, type NativeEvent } from '../../core/native-event.ts';
import type { ChatCompletionChunk, ChunkChoice, Delta } from '../../core/openai-types.ts';
import { PlacedPiecesRedactor, REDACTED, type Redactor } from '../../core/redactor.ts';
import { LogprobsRedactor, spellSecret, withoutNativeLogprobs } from './secrets-in-logprobs.ts';

const TEXTS = ['content', 'reasoning_content', 'reasoning', 'refusal'] as const;

type Calls = NonNullable<Delta['tool_calls']>;

/** Events of a provider's own wire that end an item, or a part of one: of its text there is no more. */
const ENDS_ITEM = /(?:\.done|_stop)$/;

/** Keys of ours that a provider writes into its answer, spread over several deltas: no single one of them shows it. */
export class SecretsInPieces {
  readonly #redactor: Redactor;
  /** By choice and field, or choice and call. */
  readonly #texts: PlacedPiecesRedactor;
  /** By choice, or by item of the provider's own wire. */
  readonly #logprobs = new Map<string, LogprobsRedactor>();
  /** Places of calls of freeform tools. */
  readonly #freeform = new Set<string>();

  constructor(redactor: Redactor) {
    this.#redactor = redactor;
    this.#texts = new PlacedPiecesRedactor(redactor);
  }

  /** @returns the chunk itself where nothing of it is held back or replaced */
  redact(chunk: ChatCompletionChunk): ChatCompletionChunk {
    let isSame = true;
    const choices: ChunkChoice[] = [];
    for (const choice of chunk.choices) {
      const clean = this.#choice(choice);
      if (clean !== choice) isSame = false;
      choices.push(clean);
    }
    if (!isSame) return { ...chunk, choices };
    const native = chunk[NATIVE];
    const clean = native && this.#native(native);
    return clean === native ? chunk : keepNative({ ...chunk }, clean!);
  }

  /** @returns the event itself where nothing of it is taken out */
  #native(native: NativeEvent): NativeEvent {
    const data = withoutNativeLogprobs(native.data, (logprobs) =>
      isDelta(native)
        ? this.#logprobsOf(`item ${native.index}`).mayGoOn(logprobs)
        : !spellSecret(logprobs, this.#redactor),
    );
    return data === native.data ? native : { ...native, data };
  }

  /** @returns what was held back of an item that its provider ends with this chunk's event, to be told before that */
  heldBefore(chunk: ChatCompletionChunk): ChatCompletionChunk | undefined {
    const native = chunk[NATIVE];
    if (native?.index === undefined || !ENDS_ITEM.test(native.type)) return undefined;
    const delta: Record<string, unknown> = {};
    for (const name of TEXTS) addText(delta, name, this.#texts.end(`0 ${name}`));
    const calls = this.#heldCalls(0);
    if (calls.length > 0) delta.tool_calls = calls;
    if (Object.keys(delta).length === 0) return undefined;
    const { usage: _usage, ...head } = chunk;
    return { ...head, choices: [{ index: 0, delta, logprobs: null, finish_reason: null }] };
  }

  #choice(choice: ChunkChoice): ChunkChoice {
    const delta: Delta = choice.delta;
    const changes: Record<string, unknown> = {};
    let isTold = !choice.logprobs || this.#logprobsOf(`choice ${choice.index}`).mayGoOn(choice.logprobs);
    for (const name of TEXTS) {
      const text = delta[name];
      const place = `${choice.index} ${name}`;
      if (typeof text !== 'string') {
        if (choice.finish_reason) addText(changes, name, this.#texts.end(place));
        continue;
      }
      const clean = this.#texts.add(place, text) + (choice.finish_reason ? this.#texts.end(place) : '');
      if (clean !== text) changes[name] = clean;
      // They have the same text again, token by token and byte by byte.
      if (choice.logprobs && (clean !== text || text.includes(REDACTED))) isTold = false;
    }
    const calls = this.#calls(choice.index, delta.tool_calls ?? [], Boolean(choice.finish_reason));
    if (calls) changes.tool_calls = calls;
    if (isTold && Object.keys(changes).length === 0) return choice;
    return { ...choice, delta: { ...delta, ...changes }, ...(!isTold && { logprobs: null }) };
  }

  /** @returns nothing where they may go on as they are */
  #calls(choice: number, calls: Calls, isLast: boolean): Calls | undefined {
    let isSame = true;
    const clean = calls.map((call) => {
      const text = callText(call);
      if (!text) return call;
      const place = `${choice} ${call.index}`;
      if ('custom' in call) this.#freeform.add(place);
      const kept = this.#texts.add(place, text);
      if (kept === text) return call;
      isSame = false;
      return withCallText(call, kept);
    });
    const held = isLast ? this.#heldCalls(choice) : [];
    return isSame && held.length === 0 ? undefined : [...clean, ...held];
  }

  /** What was held back of a choice's calls, as the last pieces of them. */
  #heldCalls(choice: number): Calls {
    return [...this.#texts.places()].flatMap((place) => {
      const [of, index] = place.split(' ').map(Number);
      const held = of === choice && Number.isInteger(index) ? this.#texts.end(place) : '';
      if (held === '') return [];
      const piece = this.#freeform.has(place) ? { index: index!, custom: {} } : { index: index! };
      return [withCallText(piece, held)];
    });
  }

  #logprobsOf(place: string): LogprobsRedactor {
    let logprobs = this.#logprobs.get(place);
    if (!logprobs) {
      logprobs = new LogprobsRedactor(this.#redactor);
      this.#logprobs.set(place, logprobs);
    }
    return logprobs;
  }
}

function addText(changes: Record<string, unknown>, name: string, text: string): void {
  if (text !== '') changes[name] = text;
}
