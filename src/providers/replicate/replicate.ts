import { GeneratedChunkStream } from '../../core/chunk-stream.ts';
import { malformed } from '../../failures/upstream-failure.ts';
import { withNChoices } from '../n-choices.ts';
import { isEventStream } from '../openai-wire.ts';
import type { Provider } from '../provider.ts';
import type { Transport } from '../transport.ts';
import { readText } from '../whole-or-stream.ts';
import { PredictionCalls } from './replicate-api.ts';
import { familyOf, replicateFeatures } from './replicate-families.ts';
import { completionOf } from './replicate-prediction.ts';
import { predictionRequest } from './replicate-request.ts';
import { readReplicateEvents } from './replicate-stream.ts';

/** Replicate: a model runs as a prediction, which is created, and then waited for or streamed. */
export function replicate(transport: Transport): Provider {
  return withNChoices({
    name: 'replicate',
    features: replicateFeatures,
    fit: predictionRequest,
    mostStops: ({ model }) => (familyOf(model).features.stop === 'native' ? undefined : 0),
    async send(request, target, call) {
      const { dropped, ...wanted } = predictionRequest(request, target, call);
      const calls = new PredictionCalls(transport, target, call);
      const created = await calls.create(wanted);
      const { prediction } = created;
      const leave = calls.cancelWhenLeft(prediction);
      try {
        const stream = wanted.body.stream && (await calls.openStream(prediction));
        if (stream) {
          const { status, headers, body } = stream;
          if (!isEventStream(headers)) {
            const text = await readText(body, target);
            throw malformed(`${target.provider} sent a stream that is none.`, {
              headers,
              body: text.slice(0, 4096),
            });
          }
          return {
            kind: 'stream',
            dropped,
            status,
            headers,
            batches: new GeneratedChunkStream(readReplicateEvents(body, prediction, target, leave)),
          };
        }
        const ended = await calls.untilEnded(created);
        leave(true);
        const { status, headers } = ended.reply;
        return {
          kind: 'whole',
          dropped,
          status,
          headers,
          completion: completionOf(ended.prediction, target),
        };
      } catch (error) {
        leave(false);
        throw error;
      }
    },
  });
}
