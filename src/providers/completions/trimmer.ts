/** A chat model's answer as the text that fits the gap, whole or as it arrives. */
import { type Batch, ChunkStream, END, type ReadResult } from '../../core/chunk-stream.ts';
import type { ChatCompletion, ChunkChoice } from '../../core/openai-types.ts';
import type { Gap } from '../provider.ts';
import { type TextStage, Unfenced, UpToStop, WithoutPrefix } from './text-stages.ts';
import { WithoutSuffix } from './without-suffix.ts';

/** All stages for one gap, one after the other. */
export class Trimmer {
  readonly #stages: readonly TextStage[];

  constructor(gap: Gap, stops: readonly string[]) {
    this.#stages = [
      new Unfenced(),
      new WithoutPrefix(gap.prefix),
      new UpToStop(stops),
      new WithoutSuffix(gap),
    ];
  }

  /** @returns what may go on now */
  feed(text: string): string {
    return this.#stages.reduce((passed, stage) => (passed === '' ? '' : stage.feed(passed)), text);
  }

  /** @returns the rest */
  end(): string {
    return this.#stages.reduce(
      (passed, stage) => (passed === '' ? '' : stage.feed(passed)) + stage.end(),
      '',
    );
  }

  /** What follows is not wanted. */
  get isOver(): boolean {
    return this.#stages.some((stage) => stage.isOver);
  }
}

/** @returns the completion with trimmed texts; one that was stopped before its cap has ended well */
export function trimmed(completion: ChatCompletion, gap: Gap, stops: readonly string[]): ChatCompletion {
  const choices = completion.choices.map((choice) => {
    const trimmer = new Trimmer(gap, stops);
    const text = trimmer.feed(choice.message.content ?? '');
    const finish = trimmer.isOver && choice.finish_reason === 'length' ? 'stop' : choice.finish_reason;
    return {
      ...choice,
      message: { ...choice.message, content: text + trimmer.end() },
      finish_reason: finish,
    };
  });
  return { ...completion, choices };
}

/** A stream whose every choice is trimmed on its own. */
export class TrimmedStream extends ChunkStream {
  readonly #batches: ChunkStream;
  readonly #makeTrimmer: () => TextStage;
  readonly #choices: number;
  readonly #trimmers = new Map<number, TextStage>();
  readonly #finished = new Set<number>();
  #isOver = false;

  /** @param choices that were asked for: the stream of a single one is left as soon as the rest of it is not wanted */
  constructor(batches: ChunkStream, makeTrimmer: () => TextStage, choices: number) {
    super();
    this.#batches = batches;
    this.#makeTrimmer = makeTrimmer;
    this.#choices = choices;
  }

  read(): ReadResult {
    for (;;) {
      if (this.#isOver) return END;
      const batch = this.#batches.read();
      if (!batch || batch === END) return batch;
      const shown = this.#trim(batch);
      // All that was wanted is there: nobody has to pay for what is thrown away.
      if (this.#choices === 1 && this.#trimmers.get(0)?.isOver && this.#finished.has(0)) {
        this.#isOver = true;
        this.#batches.cancel();
      }
      if (shown.length > 0) return shown;
    }
  }

  readable(): Promise<void> {
    return this.#isOver ? Promise.resolve() : this.#batches.readable();
  }

  cancel(): void | Promise<void> {
    return this.#isOver ? undefined : this.#batches.cancel();
  }

  #trim(batch: Batch): Batch {
    return batch.flatMap((chunk) => {
      const choices = chunk.choices.flatMap((choice) => this.#trimChoice(choice) ?? []);
      return choices.length > 0 || chunk.usage ? [{ ...chunk, choices }] : [];
    });
  }

  /** @returns nothing for what is held back or not wanted */
  #trimChoice(choice: ChunkChoice): ChunkChoice | undefined {
    const { index, delta } = choice;
    if (this.#finished.has(index)) return undefined;
    let trimmer = this.#trimmers.get(index);
    if (!trimmer) {
      trimmer = this.#makeTrimmer();
      this.#trimmers.set(index, trimmer);
    }
    const text = delta.content ? trimmer.feed(delta.content) : '';
    const finish = trimmer.isOver ? 'stop' : choice.finish_reason;
    if (finish) {
      this.#finished.add(index);
      return { ...choice, delta: { ...delta, content: text + trimmer.end() }, finish_reason: finish };
    }
    if (text === '' && delta.content) return undefined;
    return text === delta.content ? choice : { ...choice, delta: { ...delta, content: text } };
  }
}
