/** OpenAI's Responses API as a door: for Codex and today's OpenAI SDKs, over any model. Stateless. */
import { Failure } from '../../failures/failure.ts';
import type { ApiFormat, CountedUsage, ErrorReply, EventWriter, ReplyFormat } from '../api-format.ts';
import type { PlainEndpoint } from '../endpoint.ts';
import { openAiError } from '../openai-chat/openai-error.ts';
import { ResponseEvents } from './response-events.ts';
import { type ResponseContext, toResponse } from './response-object.ts';
import { parseResponsesRequest } from './responses-request.ts';

export const openaiResponses: ApiFormat = {
  name: 'responses',
  parse(body) {
    const { parsed, context } = parseResponsesRequest(body);
    return { parsed, reply: new ResponsesReply(context) };
  },
  error: (failure, requestId) => withCodexWords({ body: openAiError(failure, requestId) }, failure),
};

class ResponsesReply implements ReplyFormat {
  readonly #context: ResponseContext;

  constructor(context: ResponseContext) {
    this.#context = context;
  }

  whole({ completion }: Parameters<ReplyFormat['whole']>[0]): string {
    return JSON.stringify(toResponse(completion, this.#context));
  }

  events(): EventWriter {
    return new ResponsesWriter(new ResponseEvents(this.#context));
  }
}

class ResponsesWriter implements EventWriter {
  readonly #events: ResponseEvents;

  constructor(events: ResponseEvents) {
    this.#events = events;
  }

  chunks(batch: Parameters<EventWriter['chunks']>[0]): string {
    return this.#events.write(batch);
  }

  end(usage: CountedUsage | undefined): Iterable<string> {
    return this.#events.end(usage);
  }

  failure(failure: Failure): string {
    return this.#events.fail(failure);
  }

  ping(): string {
    return ': ping\n\n';
  }
}

/** Codex stops at these codes and asks again, up to six times, at others (recorded from Codex 0.169). */
function withCodexWords(reply: ErrorReply, failure: Failure): ErrorReply {
  if (failure.kind === 'budget_exceeded') return withCode(reply, 'insufficient_quota', 429);
  return reply;
}

function withCode(reply: ErrorReply, code: string, status?: number): ErrorReply {
  const { error, ...rest } = reply.body as { error: object };
  return { ...reply, ...(status && { status }), body: { ...rest, error: { ...error, code } } };
}

/** Codex tries a WebSocket first; this answer, and no other, makes it go on by HTTP at once. */
export const responsesWebSocket: PlainEndpoint = {
  kind: 'plain',
  method: 'GET',
  paths: ['/v1/responses', '/responses'],
  format: openaiResponses,
  access: 'anyone',
  answer({ headers }) {
    if (!headers.upgrade)
      throw new Failure('invalid_request', 'POST /v1/responses makes a response; this server keeps none.', {
        status: 405,
      });
    throw new Failure('invalid_request', 'This server speaks HTTP here, and no WebSocket.', { status: 426 });
  },
};
