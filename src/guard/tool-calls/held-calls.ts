import type { Batch } from '../../core/chunk-stream.ts';
import { isDelta, keepNative, NATIVE } from '../../core/native-event.ts';
import type { ChatCompletionChunk, ChunkChoice, Delta } from '../../core/openai-types.ts';
import { invalidOutput, malformed } from '../../failures/upstream-failure.ts';
import { HeldCall } from './held-call.ts';
import { judgeArguments, type ToolSchemas } from './tool-arguments.ts';

/** Characters and chunks that may wait. */
const MAX_CHARACTERS = 8 * 1024 * 1024;
const MAX_WAITING = 200_000;
/** Characters of events that wait beside them: each says its text once more, and what no chunk has a place for. */
const MAX_EVENT_CHARACTERS = 4 * MAX_CHARACTERS;
/** With these an answer ends where it is cut: a call that is not whole is left out, and the reason says that more was to come. */
const CUT: ReadonlySet<string | null> = new Set(['length', 'content_filter']);

type Piece = NonNullable<Delta['tool_calls']>[number];

/**
 * Holds back a stream's tool calls until its provider has said that the turn has ended and each has whole arguments that
 * fit. Text before them goes on as it comes; what comes after a call waits behind it, so that the order stays.
 */
export class HeldCalls {
  readonly #schemas: ToolSchemas;
  readonly #provider: string;
  /** Calls and what came after the first of them, in order. */
  #waiting: (ChatCompletionChunk | HeldCall)[] = [];
  #calls: HeldCall[] = [];
  /** Choices with calls whose end has not come. */
  readonly #open = new Set<number>();
  #characters = 0;
  #eventCharacters = 0;

  constructor(schemas: ToolSchemas, provider: string) {
    this.#schemas = schemas;
    this.#provider = provider;
  }

  get isHolding(): boolean {
    return this.#open.size > 0;
  }

  /** What was generated and is held, for its cost. */
  get heldText(): string {
    return this.#calls.map(({ name, text }) => name + text).join('\n');
  }

  /** @returns what may go on now @throws {UpstreamFailure} for a call that does not hold, or more than may wait */
  take(batch: Batch): Batch {
    if (!this.isHolding && !batch.some(hasCalls)) return batch;
    const passing: ChatCompletionChunk[] = [];
    for (const chunk of batch) {
      if (!this.isHolding && !hasCalls(chunk)) {
        passing.push(chunk);
        continue;
      }
      this.#hold(chunk);
      if (!this.isHolding) passing.push(...this.#release());
    }
    return passing;
  }

  #hold(chunk: ChatCompletionChunk): void {
    if (!hasCalls(chunk)) this.#wait(chunk);
    else for (const choice of chunk.choices) this.#holdChoice(chunk, choice);
    for (const { index, finish_reason: reason } of chunk.choices) if (reason) this.#end(index, reason);
    const isEndless = this.#characters > MAX_CHARACTERS || this.#eventCharacters > MAX_EVENT_CHARACTERS;
    if (isEndless || this.#waiting.length > MAX_WAITING)
      throw malformed(`${this.#provider} calls tools without end.`);
  }

  #holdChoice(chunk: ChatCompletionChunk, choice: ChunkChoice): void {
    const { tool_calls: pieces, ...said } = choice.delta;
    const { finish_reason: reason, ...unfinished } = choice;
    const { usage: _usage, ...head } = chunk;
    const only = (delta: Delta, finish: ChunkChoice['finish_reason']) =>
      this.#wait({ ...head, choices: [{ ...unfinished, delta, finish_reason: finish }] });
    if (Object.keys(said).length > 0) only(said, null);
    for (const piece of pieces ?? []) this.#piece(chunk, choice, piece);
    if (reason) only({}, reason);
    if (chunk.usage && choice === chunk.choices.at(-1))
      this.#wait({ ...head, choices: [], usage: chunk.usage });
  }

  #piece(chunk: ChatCompletionChunk, choice: ChunkChoice, piece: Piece): void {
    this.#open.add(choice.index);
    const known = this.#calls.findLast((call) => call.isOf(choice.index, piece.index));
    const call = known ?? new HeldCall(chunk, choice, piece);
    if (!known) {
      this.#calls.push(call);
      this.#waiting.push(call);
    }
    this.#characters += call.add(piece);
    // An event that ends a block and says its arguments, too, goes on as it came.
    const native = known && chunk[NATIVE];
    if (native && !isDelta(native)) {
      call.isToldElsewhere = true;
      this.#wait(keepNative({ ...chunk, choices: [] }, native));
    }
  }

  #wait(chunk: ChatCompletionChunk): void {
    this.#eventCharacters += chunk[NATIVE]?.data.length ?? 0;
    for (const { delta } of chunk.choices)
      this.#characters += (delta.content?.length ?? 0) + ((delta as Delta).reasoning_content?.length ?? 0);
    this.#waiting.push(chunk);
  }

  /** @throws {UpstreamFailure} */
  #end(choice: number, reason: string): void {
    if (!this.#open.delete(choice)) return;
    for (const call of this.#calls) {
      if (call.choice !== choice || call.isCustom) continue;
      const judged = judgeArguments(call.name, call.text, this.#schemas);
      if ('text' in judged) call.repaired = judged.text;
      else if (CUT.has(reason)) call.isLeftOut = true;
      else throw invalidOutput(problemText(this.#provider, call.name, judged.problem));
    }
  }

  #release(): ChatCompletionChunk[] {
    const waiting = this.#waiting;
    const leftOut = new Set(this.#calls.filter(({ isLeftOut }) => isLeftOut).map(({ block }) => block));
    this.#waiting = [];
    this.#calls = [];
    this.#characters = 0;
    this.#eventCharacters = 0;
    return waiting.flatMap((item) => {
      if (item instanceof HeldCall) return item.isLeftOut ? [] : item.chunks();
      const block = item[NATIVE]?.index;
      return block !== undefined && leftOut.has(block) ? [] : [item];
    });
  }
}

/** What is told of a call whose arguments do not hold. @param problem goes on with the sentence: `are not JSON` */
export function problemText(provider: string, name: string, problem: string): string {
  return `${provider} called the tool ${JSON.stringify(name.slice(0, 64))} with arguments that ${problem}.`;
}

function hasCalls({ choices }: ChatCompletionChunk): boolean {
  return choices.some(({ delta }) => (delta.tool_calls?.length ?? 0) > 0);
}
