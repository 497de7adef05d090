/** OpenAI's Responses API as a door: for Codex and today's OpenAI SDKs, over any model. Stateless. */
import { jsonText } from '../../core/json-pieces.ts';
import type { WholeAnswer } from '../../core/whole-answer.ts';
import { Failure } from '../../failures/failure.ts';
import type {
  ApiFormat,
  CountedUsage,
  ErrorFormat,
  ErrorReply,
  EventWriter,
  ReplyFormat,
} from '../api-format.ts';
import type { PlainEndpoint } from '../endpoint.ts';
import { openAiError, retryHeader } from '../openai-chat/openai-error.ts';
import type { ItemMemory } from './item-memory.ts';
import { ResponseEvents } from './response-events.ts';
import { type ResponseContext, toResponse } from './response-object.ts';
import { parseResponsesRequest } from './responses-request.ts';
import { ownField } from './responses-validation.ts';

/** @param memory of items that later requests may refer to */
export function responsesFormat(memory: ItemMemory): ApiFormat {
  return {
    ...responsesErrors,
    name: 'responses',
    parse(body, { headers }) {
      const own = memory.of(headers);
      const { parsed, context } = parseResponsesRequest(body, own.find, headers);
      const keep = context.body.store === false ? undefined : own.keep;
      return { parsed, reply: new ResponsesReply(context, keep) };
    },
  };
}

const responsesErrors: ErrorFormat = {
  error(failure, requestId) {
    const body = openAiError(failure, requestId);
    const { param } = body.error;
    if (param !== null) body.error.param = ownField(param);
    return withCodexWords({ body, headers: retryHeader(failure) }, failure);
  },
};

type Keep = ((items: readonly object[]) => void) | undefined;

class ResponsesReply implements ReplyFormat {
  readonly #context: ResponseContext;
  readonly #keep: Keep;

  constructor(context: ResponseContext, keep: Keep) {
    this.#context = context;
    this.#keep = keep;
  }

  whole({ native, completion, leastLength }: WholeAnswer): string | Iterable<string> {
    if (native?.json !== undefined) {
      this.#keep?.((JSON.parse(native.json) as { output: object[] }).output);
      return native.json;
    }
    const response = toResponse(completion, this.#context);
    this.#keep?.(response.output);
    return jsonText(response, leastLength);
  }

  events(): EventWriter {
    return new ResponsesWriter(new ResponseEvents(this.#context), this.#keep);
  }
}

class ResponsesWriter implements EventWriter {
  readonly #events: ResponseEvents;
  readonly #keep: Keep;

  constructor(events: ResponseEvents, keep: Keep) {
    this.#events = events;
    this.#keep = keep;
  }

  chunks(batch: Parameters<EventWriter['chunks']>[0]): string | Iterable<string> {
    return this.#events.write(batch);
  }

  end(usage: CountedUsage | undefined): string | Iterable<string> {
    const told = this.#events.end(usage);
    this.#keep?.(this.#events.output);
    return told;
  }

  failure(failure: Failure, requestId: string): string {
    return this.#events.fail(failure, requestId);
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
  format: responsesErrors,
  access: 'anyone',
  answer({ headers }) {
    if (!headers.upgrade)
      throw new Failure('invalid_request', 'POST /v1/responses makes a response; this server keeps none.', {
        status: 405,
      });
    throw new Failure('invalid_request', 'This server speaks HTTP here, and no WebSocket.', { status: 426 });
  },
};
