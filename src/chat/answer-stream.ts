import type { SemanticDetails } from '../cache/answer-store.ts';
import { ChunkStream, END, GeneratedChunkStream, type ReadResult } from '../core/chunk-stream.ts';
import type { Usage } from '../core/openai-types.ts';
import type { WholeAnswer } from '../core/whole-answer.ts';
import type { AttemptLog } from '../routing/attempts.ts';
import type { Admitted } from './admission.ts';
import type { CallCost } from './call-cost.ts';
import { replay } from './replay.ts';
import type { Settlement } from './settlement.ts';

/** Where an answer comes from: the cache, a whole reply or a stream that is still running. */
export interface AnswerSource {
  /** `provider/model` that answered, or began to. */
  readonly model: string;
  readonly attempts?: AttemptLog;
  readonly dropped?: readonly string[];
  /** The request went as its caller wrote it: nothing was lost at the door. */
  readonly isNative?: boolean;
  /** Milliseconds since the answer was stored. */
  readonly age?: number;
  /** What an answer to other words for the question says of itself. */
  readonly similar?: SemanticDetails | undefined;
  /** One of the two is there. */
  readonly whole: WholeAnswer | undefined;
  readonly batches?: ChunkStream | undefined;
  readonly rates: Admitted['rates'];
  /** There when the answer has ended. */
  readonly callCost: CallCost | Promise<CallCost>;
}

/** An answer on its way to its caller, and the same as a stream. Settled in every case: at its end, where it breaks, and when its reader leaves. */
export class AnswerStream extends ChunkStream {
  readonly #settlement: Settlement;
  readonly #source: AnswerSource;
  readonly #batches: ChunkStream;
  /** Under way when there is no more to read, whatever the reason. */
  #ending: Promise<void> | undefined;
  #failure: unknown;
  /** At the end: of the whole answer, the provider's own or counted by us. */
  usage: Usage | undefined;
  #hasEnded = false;

  constructor(settlement: Settlement, source: AnswerSource) {
    super();
    this.#settlement = settlement;
    this.#source = source;
    this.#batches = source.batches ?? new GeneratedChunkStream(replay(source.whole!.completion));
  }

  /** @throws {Failure} where the stream breaks */
  read(): ReadResult {
    if (this.#hasEnded) return this.#atTheEnd();
    try {
      while (!this.#ending) {
        const batch = this.#batches.read();
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

  readable(): Promise<void> {
    return this.#ending ?? this.#batches.readable();
  }

  /** Its reader has left. Resolves when that is settled. */
  cancel(): Promise<void> {
    this.#batches.cancel();
    this.#ending ??= this.#settle(undefined);
    return this.#ending;
  }

  #atTheEnd(): ReadResult {
    if (this.#failure) throw this.#failure;
    return END;
  }

  async #end(): Promise<void> {
    const { answer } = await this.#source.callCost;
    this.usage = answer?.completion.usage;
    await this.#settle(undefined);
  }

  async #settle(failure: unknown): Promise<void> {
    const { callCost, attempts, model } = this.#source;
    await this.#settlement.settle(await callCost, { attempts, model, failure });
    this.#hasEnded = true;
  }
}
