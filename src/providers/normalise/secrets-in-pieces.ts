import type { ChatCompletionChunk, ChunkChoice, Delta } from '../../core/openai-types.ts';
import { PiecesRedactor, type Redactor } from '../../core/redactor.ts';

const TEXTS = ['content', 'reasoning_content', 'reasoning', 'refusal'] as const;

type Calls = NonNullable<Delta['tool_calls']>;

/** Keys of ours that a provider writes into its answer, spread over several deltas: no single one of them shows it. */
export class SecretsInPieces {
  readonly #redactor: Redactor;
  /** By choice and field, or choice and call. */
  readonly #texts = new Map<string, PiecesRedactor>();

  constructor(redactor: Redactor) {
    this.#redactor = redactor;
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
    return isSame ? chunk : { ...chunk, choices };
  }

  #choice(choice: ChunkChoice): ChunkChoice {
    const delta: Delta = choice.delta;
    const changes: Record<string, unknown> = {};
    for (const name of TEXTS) {
      const text = delta[name];
      const place = `${choice.index} ${name}`;
      if (typeof text !== 'string') {
        if (choice.finish_reason) addText(changes, name, this.#end(place));
        continue;
      }
      const clean = this.#textAt(place).add(text) + (choice.finish_reason ? this.#end(place) : '');
      if (clean !== text) changes[name] = clean;
    }
    const calls = this.#calls(choice.index, delta.tool_calls ?? [], Boolean(choice.finish_reason));
    if (calls) changes.tool_calls = calls;
    return Object.keys(changes).length > 0 ? { ...choice, delta: { ...delta, ...changes } } : choice;
  }

  /** @returns nothing where they may go on as they are */
  #calls(choice: number, calls: Calls, isLast: boolean): Calls | undefined {
    let isSame = true;
    const clean = calls.map((call) => {
      const text = call.function?.arguments;
      if (!text) return call;
      const kept = this.#textAt(`${choice} ${call.index}`).add(text);
      if (kept === text) return call;
      isSame = false;
      return { ...call, function: { ...call.function, arguments: kept } };
    });
    if (isLast) {
      for (const place of this.#texts.keys()) {
        const [of, index] = place.split(' ').map(Number);
        const held = of === choice && Number.isInteger(index) ? this.#end(place) : '';
        if (held === '') continue;
        isSame = false;
        clean.push({ index: index!, function: { arguments: held } });
      }
    }
    return isSame ? undefined : clean;
  }

  #textAt(place: string): PiecesRedactor {
    let text = this.#texts.get(place);
    if (!text) {
      text = new PiecesRedactor(this.#redactor);
      this.#texts.set(place, text);
    }
    return text;
  }

  #end(place: string): string {
    return this.#texts.get(place)?.end() ?? '';
  }
}

function addText(changes: Record<string, unknown>, name: string, text: string): void {
  if (text !== '') changes[name] = text;
}
