import type { Batch } from '../../core/chunk-stream.ts';
import { jsonPieces } from '../../core/json-pieces.ts';
import type { ChatCompletionChunk } from '../../core/openai-types.ts';
import { SSE_DONE, SSE_PING, sseData } from '../../core/sse.ts';
import type { ApiFormat, CountedUsage, EventWriter, ReplyFormat } from '../api-format.ts';
import { parseRequest } from './chat-request.ts';
import { inLegacyFunctions } from './legacy-functions-reply.ts';
import { openAiError, openAiErrors } from './openai-error.ts';

/** OpenAI's Chat Completions API (https://platform.openai.com/docs/api-reference/chat), with the first version's `prompt`. */
export const openAiChat: ApiFormat = {
  ...openAiErrors,
  name: 'chat',
  takesTemplates: true,
  parse(body) {
    const read = parseRequest(body);
    const parsed = { ...read, source: body as object };
    const reply = parsed.wantsUsageChunk ? WITH_USAGE : WITHOUT_USAGE;
    return { parsed, reply: parsed.legacyFunctions ? inLegacyFunctions(reply) : reply };
  },
};

const WITHOUT_USAGE: ReplyFormat = { whole: ({ text }) => text, events: () => EVENTS };
const WITH_USAGE: ReplyFormat = { whole: ({ text }) => text, events: () => new EventsWithUsage() };

/** Usage always comes from the provider, but goes on only to those who asked. */
const EVENTS: EventWriter = {
  chunks: (batch) => eventsOf(batch.some(({ usage }) => usage) ? batch.flatMap(withoutUsage) : batch),
  end: () => SSE_DONE,
  failure: (failure, requestId) => sseData(JSON.stringify(openAiError(failure, requestId))),
  ping: () => SSE_PING,
};

/** A last chunk with empty `choices` holds the usage: the provider's own, or ours where it sent none. */
class EventsWithUsage implements EventWriter {
  readonly failure = EVENTS.failure;
  readonly ping = EVENTS.ping;
  #last: ChatCompletionChunk | undefined;
  #hasUsage = false;

  chunks(batch: Batch): string | Iterable<string> {
    this.#hasUsage ||= batch.some(({ usage }) => usage);
    this.#last = batch.at(-1);
    return eventsOf(batch);
  }

  end(usage: CountedUsage | undefined): string {
    if (this.#hasUsage || !this.#last || !usage) return SSE_DONE;
    return sseData(JSON.stringify({ ...this.#last, choices: [], usage })) + SSE_DONE;
  }
}

function eventsOf(batch: Batch): string | Iterable<string> {
  if (batch.some(mayBeLong)) return eventPieces(batch);
  let text = '';
  for (const chunk of batch) text += sseData(JSON.stringify(chunk));
  return text;
}

/** Thoughts in a provider's own form come whole, however long they are; texts and calls are short here (`delta-pieces.ts`). */
function mayBeLong({ choices }: ChatCompletionChunk): boolean {
  for (const { delta } of choices)
    for (const key in delta) {
      const value = delta[key as keyof typeof delta];
      if (typeof value === 'object' && value !== null && key !== 'tool_calls') return true;
    }
  return false;
}

function* eventPieces(batch: Batch): Generator<string> {
  for (const chunk of batch) {
    yield 'data: ';
    yield* jsonPieces(chunk);
    yield '\n\n';
  }
}

function withoutUsage(chunk: ChatCompletionChunk): ChatCompletionChunk | [] {
  if (!chunk.usage) return chunk;
  if (chunk.choices.length === 0) return [];
  const { usage: _usage, ...others } = chunk;
  return others;
}
