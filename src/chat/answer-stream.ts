/** An answer as a stream. Settled in every case: at its end, where it breaks, and when its reader leaves. */
import { Batches, END, GeneratedBatches, type Taken } from '../core/batches.ts';
import type { Usage } from '../core/openai-types.ts';
import { replay } from './replay.ts';
import type { Settlement } from './settlement.ts';
import { answeredBy, type Source } from './source.ts';

export class AnswerStream extends Batches {
  readonly #settlement: Settlement;
  readonly #source: Source;
  readonly #batches: Batches;
  /** Under way when there is no more to read, whatever the reason. */
  #ending: Promise<void> | undefined;
  #failure: unknown;
  /** At the end: of the whole answer, the provider's own or counted by us. */
  usage: Usage | undefined;
  #hasEnded = false;

  constructor(settlement: Settlement, source: Source) {
    super();
    this.#settlement = settlement;
    this.#source = source;
    this.#batches = source.batches ?? new GeneratedBatches(replay(source.whole!.completion));
  }

  /** @throws {Failure} where the stream breaks */
  take(): Taken {
    if (this.#hasEnded) return this.#atTheEnd();
    try {
      while (!this.#ending) {
        const batch = this.#batches.take();
        if (!batch) return undefined;
        if (batch === END) this.#ending = this.#end();
        else {
          this.#settlement.firstToken();
          return batch;
        }
      }
    } catch (failure) {
      this.#failure = failure;
      this.#ending = this.#settle(failure);
    }
    return undefined;
  }

  more(): Promise<void> {
    return this.#ending ?? this.#batches.more();
  }

  /** Its reader has left. Resolves when that is settled. */
  leave(): Promise<void> {
    this.#batches.leave();
    this.#ending ??= this.#settle(undefined);
    return this.#ending;
  }

  #atTheEnd(): Taken {
    if (this.#failure) throw this.#failure;
    return END;
  }

  async #end(): Promise<void> {
    const { answer } = await this.#source.bill();
    this.usage = answer?.completion.usage;
    await this.#settle(undefined);
  }

  async #settle(failure: unknown): Promise<void> {
    const { bill, attempts } = this.#source;
    await this.#settlement.settle(await bill(), attempts, answeredBy(this.#source), failure);
    this.#hasEnded = true;
  }
}
