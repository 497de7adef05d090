import { jsonText } from '../../core/json-pieces.ts';
import type { Failure, RateState, RateStates } from '../../failures/failure.ts';
import type { ApiFormat, CountedUsage, EventWriter, HeaderList, ReplyFormat } from '../api-format.ts';
import { type MessageTerms, toMessage } from './message.ts';
import { toMessageError, toStreamError } from './message-error.ts';
import { event, MESSAGE_PING, MessageEvents } from './message-events.ts';
import { parseMessagesRequest } from './messages-request.ts';
import { longToolNames } from './messages-tools.ts';
import { requireMessagesBody } from './messages-validation.ts';

/** Anthropic's Messages API as a door: for Claude Code and `@anthropic-ai/sdk`, over any model. */
export const anthropicMessages: ApiFormat = {
  name: 'messages',
  parse(body, { headers }) {
    const fields = requireMessagesBody(body);
    const parsed = parseMessagesRequest(fields, headers);
    const stops = [parsed.request.stop ?? []].flat();
    return { parsed, reply: messagesReply({ toolNames: longToolNames(fields.tools), stops }) };
  },
  error(failure, requestId) {
    return {
      body: toMessageError(failure, requestId),
      headers: ['x-should-retry', String(isWorthRetrying(failure))],
    };
  },
  headers: (requestId, rates) => ['request-id', requestId, ...rateHeaders(rates)],
};

function messagesReply(terms: MessageTerms): ReplyFormat {
  return {
    whole: ({ native, completion, leastLength }) =>
      native?.json ?? jsonText(toMessage(completion, terms), leastLength),
    events: () => new MessageWriter(terms),
  };
}

class MessageWriter implements EventWriter {
  readonly #events: MessageEvents;

  constructor(terms: MessageTerms) {
    this.#events = new MessageEvents(terms);
  }

  chunks(batch: Parameters<EventWriter['chunks']>[0]): string {
    return this.#events.write(batch);
  }

  end(usage: CountedUsage | undefined): string {
    return this.#events.end(usage);
  }

  failure(...[failure, requestId]: Parameters<EventWriter['failure']>): string {
    return event('error', toStreamError(failure, requestId));
  }

  ping(): string {
    return MESSAGE_PING;
  }
}

/** Anthropic's SDK asks again where this header says so, whatever the status. */
function isWorthRetrying({ status, isFutile }: Failure): boolean {
  if (isFutile) return false;
  return status === 408 || status === 409 || status === 429 || status >= 500;
}

/** Anthropic's names, with the time as RFC 3339. */
function rateHeaders(rates: RateStates | undefined): HeaderList {
  if (!rates) return [];
  return [...rateHeader('requests', rates.requests), ...rateHeader('tokens', rates.tokens)];
}

function rateHeader(what: string, state: RateState | undefined): HeaderList {
  if (!state) return [];
  const resetAt = new Date(Date.now() + state.resetMs).toISOString();
  return [
    `anthropic-ratelimit-${what}-limit`,
    `${state.limit}`,
    `anthropic-ratelimit-${what}-remaining`,
    `${state.remaining}`,
    `anthropic-ratelimit-${what}-reset`,
    resetAt,
  ];
}
