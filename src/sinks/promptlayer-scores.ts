import type { EventOf, Subscriber } from '../events/event.ts';
import type { PromptLayerThread } from '../promptlayer/promptlayer-thread.ts';
import type { PromptLayerIds } from './promptlayer-ids.ts';

/** Milliseconds for one score, the package's own retries included. */
const SCORE_TIMEOUT = 30_000;
/** Milliseconds that the number of its call may take to come. */
const ID_TIMEOUT = 15_000;
const AT_ONCE = 25;

/**
 * What people think of an answer, for PromptLayer. A queue of its own: a score may have to wait for the call it belongs to,
 * which comes by the other one.
 */
export function promptLayerScores(thread: PromptLayerThread, ids: PromptLayerIds): Subscriber {
  const send = async ({ callId, requestId, name, score }: EventOf<'request_scored'>): Promise<void> => {
    const id = await ids.find(callId, ID_TIMEOUT);
    if (id === undefined)
      throw new Error(
        `a score was not sent: PromptLayer does not have ${requestId}, or its number is not known here`,
      );
    const body = { request_id: id, score, score_name: name };
    await thread.ask({ type: 'score', body }, SCORE_TIMEOUT);
  };
  return {
    name: 'promptlayer-scores',
    listensTo: ['request_scored'],
    maxBatch: AT_ONCE,
    async on(events) {
      const scores = events.flatMap((event) => (event.type === 'request_scored' ? [event] : []));
      const results = await Promise.allSettled(scores.map(send));
      const errors = results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []));
      if (errors.length > 0) throw new AggregateError(errors);
    },
    close: () => thread.close(),
  };
}
