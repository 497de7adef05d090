import { jsonText } from '../../core/json-pieces.ts';
import type { EventWriter, ReplyFormat } from '../api-format.ts';
import { asLegacyChunk, asLegacyCompletion } from './legacy-functions.ts';

/** Answers for callers who asked with the old `functions`: any OpenAI-chat reply, with its tool call turned into a `function_call`. */
export function inLegacyFunctions(reply: ReplyFormat): ReplyFormat {
  return {
    whole: ({ completion, leastLength }) => jsonText(asLegacyCompletion(completion), leastLength),
    events: (requestId) => withLegacyChunks(reply.events(requestId)),
  };
}

function withLegacyChunks(events: EventWriter): EventWriter {
  return {
    chunks: (batch) => events.chunks(batch.map(asLegacyChunk)),
    end: (usage) => events.end(usage),
    failure: (failure, requestId) => events.failure(failure, requestId),
    ping: () => events.ping(),
  };
}
