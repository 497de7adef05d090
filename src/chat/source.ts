/** Where an answer comes from: the cache, a whole reply or a stream that is still running. */
import type { SemanticDetails } from '../cache/answer-store.ts';
import type { ChunkStream } from '../core/chunk-stream.ts';
import type { WholeAnswer } from '../core/whole-answer.ts';
import type { AttemptLog } from '../routing/attempts.ts';
import type { Admitted } from './admission.ts';
import type { CallCost } from './call-cost.ts';

export interface Source {
  /** `provider/model` that answered. */
  readonly model: string;
  readonly attempts?: AttemptLog;
  readonly dropped?: readonly string[];
  /** Milliseconds since the answer was stored. */
  readonly age?: number;
  /** What an answer to other words for the question says of itself. */
  readonly similar?: SemanticDetails | undefined;
  /** One of the two is there. */
  readonly whole: WholeAnswer | undefined;
  readonly batches?: ChunkStream | undefined;
  readonly rates: Admitted['rates'];
  /** Resolves when the answer has ended. */
  readonly callCost: () => Promise<CallCost>;
  readonly isGone: () => boolean;
}

/** After a rescue the last hand counts. */
export function answeredBy({ attempts, model }: Source): string {
  return attempts?.answeredBy?.id ?? model;
}
