import { spanIdOf } from '../core/trace-ids.ts';
import type { Event, EventOf, Subscriber } from '../events/event.ts';
import type { CallRecord } from '../events/receipt.ts';
import type { ProxySettings } from '../providers/proxy.ts';
import { contentSize } from './content-size.ts';
import { postJson } from './post-json.ts';

/** Requests in one message. */
const MAX_BATCH = 25;
/** Bytes: Langfuse takes 3.5 MB in one message. */
const MAX_MESSAGE = 3_000_000;
/** Bytes of a prompt or an answer; what is longer is cut, and says so. */
const MAX_CONTENT = 500_000;
const TRIES = 4;

/** Whose project it is, and what it is told. */
export interface LangfuseOptions {
  readonly publicKey: string;
  readonly secretKey: string;
  readonly baseUrl: string;
  /** Prompts and answers go along. */
  readonly hasContent: boolean;
  readonly proxies: ProxySettings;
  /** Milliseconds before the second try; for tests. */
  readonly firstPause?: number;
}

/**
 * Langfuse, by its public ingestion format (https://api.reference.langfuse.com/, `POST /api/public/ingestion`): a trace for
 * each request, a generation for each attempt, and scores. Its own package would bring OpenTelemetry into this thread.
 */
export function langfuseSink(options: LangfuseOptions): Subscriber {
  const { publicKey, secretKey, hasContent, proxies, firstPause } = options;
  const url = `${options.baseUrl.replace(/\/+$/, '')}/api/public/ingestion`;
  const credentials = Buffer.from(`${publicKey}:${secretKey}`).toString('base64');
  const headers = { authorization: `Basic ${credentials}` };
  const end = new AbortController();

  const post = async (batch: readonly object[]): Promise<Error[]> => {
    const answer = await postJson(
      url,
      { batch },
      { proxies, headers, tries: TRIES, signal: end.signal, ...(firstPause !== undefined && { firstPause }) },
    );
    return refusalsIn(answer);
  };
  return {
    name: 'langfuse',
    listensTo: ['call_settled', 'request_scored'],
    maxBatch: MAX_BATCH,
    // What waits holds the conversation, whether or not it is passed on.
    sizeOf: contentSize,
    async on(events) {
      const errors: Error[] = [];
      for (const { items, eventCount } of messagesOf(events, hasContent)) {
        await post(items).then(
          (refused) => errors.push(...refused.slice(0, eventCount)),
          // Nothing of it has arrived.
          (error: Error) => errors.push(...Array<Error>(eventCount).fill(error)),
        );
      }
      if (errors.length > 0) throw new AggregateError(errors);
    },
    async close() {
      end.abort();
    },
  };
}

interface Message {
  readonly items: object[];
  /** Of how many events. */
  eventCount: number;
}

/** Each small enough to be taken. */
function messagesOf(events: readonly Event[], hasContent: boolean): Message[] {
  const messages: Message[] = [];
  let length = Number.POSITIVE_INFINITY;
  for (const event of events) {
    const items = itemsOf(event, hasContent);
    if (items.length === 0) continue;
    const itsLength = Buffer.byteLength(JSON.stringify(items));
    if (length + itsLength > MAX_MESSAGE) {
      messages.push({ items: [], eventCount: 0 });
      length = 0;
    }
    const message = messages.at(-1)!;
    message.items.push(...items);
    message.eventCount += 1;
    length += itsLength;
  }
  return messages;
}

function itemsOf(event: Event, hasContent: boolean): object[] {
  if (event.type === 'call_settled') return langfuseItems(event.record, hasContent);
  return event.type === 'request_scored' ? [scoreItem(event)] : [];
}

/** A newer score of the same name takes the place of the older one. */
function scoreItem({ callId, name, score, at }: EventOf<'request_scored'>): object {
  return {
    id: `${callId}-score-${at}-${name}`,
    timestamp: new Date(at).toISOString(),
    type: 'score-create',
    body: { id: `${callId}-${name}`, traceId: callId, name, value: score, dataType: 'NUMERIC' },
  };
}

/** The trace of a request and its generations. */
export function langfuseItems(record: CallRecord, hasContent: boolean): object[] {
  const { id: traceId, receipt, request, answer, at } = record;
  const time = (offset: number) => new Date(at + offset).toISOString();
  const end = time(receipt.duration_ms);
  const input = hasContent ? bounded(request.messages) : undefined;
  // Vectors are nothing to read.
  const isRead = hasContent && request.operation !== 'embeddings';
  const output = isRead ? bounded(answer?.completion.choices.map(({ message }) => message)) : undefined;
  const {
    messages: _messages,
    operation: _operation,
    stream: _stream,
    stream_options: _options,
    ...parameters
  } = request;
  const answered = receipt.attempts.findLastIndex(({ kind }) => kind === 'ok');
  const item = (type: string, id: string, body: object) => ({
    id: `${id}-${type}`,
    timestamp: end,
    type,
    body,
  });
  const trace = item('trace-create', traceId, {
    id: traceId,
    timestamp: time(0),
    name: receipt.chain,
    ...given('userId', receipt.user),
    ...given('sessionId', receipt.session),
    input,
    output,
    tags: ['codellama-server', receipt.door],
    metadata: {
      request_id: receipt.id,
      cache: receipt.cache,
      stream: receipt.stream,
      stitched: receipt.stitched,
      cost_usd: receipt.cost_usd,
      key: receipt.key_id,
      project: receipt.project,
      agent: receipt.agent,
      error: receipt.error?.kind ?? null,
    },
  });
  // Those who share a call have its attempts in their receipts, too; they are told of with who came first.
  const attempts = receipt.cache === 'coalesced' ? [] : receipt.attempts;
  const generations = attempts.flatMap((attempt, index) => {
    if (attempt.kind === 'cooling') return [];
    const id = `${traceId}-${spanIdOf(traceId, index + 1)}`;
    const isAnswer = index === answered;
    const body = {
      id,
      traceId,
      name: attempt.target,
      startTime: time(attempt.started_ms),
      endTime: time(attempt.ended_ms ?? receipt.duration_ms),
      ...(attempt.first_token_ms !== undefined && { completionStartTime: time(attempt.first_token_ms) }),
      model: attempt.target.slice(attempt.target.indexOf('/') + 1),
      modelParameters: scalarsOf(parameters),
      level: attempt.kind === 'ok' || attempt.kind === 'hedge_lost' ? 'DEFAULT' : 'ERROR',
      statusMessage: attempt.kind,
      input,
      ...(isAnswer && { output, usageDetails: usageOf(record), ...costOf(record) }),
    };
    return [item('generation-create', id, body)];
  });
  return [trace, ...generations];
}

function usageOf({ receipt: { usage } }: CallRecord): object {
  return {
    input: usage.input,
    output: usage.output + usage.reasoning,
    ...(usage.cached_input > 0 && { cache_read_input_tokens: usage.cached_input }),
    ...(usage.cache_write > 0 && { cache_creation_input_tokens: usage.cache_write }),
  };
}

/** Where the price is unknown, Langfuse has its own. */
function costOf({ receipt: { cost_usd: cost } }: CallRecord): object {
  return cost === null ? {} : { costDetails: { total: cost } };
}

/** Langfuse takes texts, numbers and switches there. */
function scalarsOf(parameters: object): Record<string, string | number | boolean> {
  return Object.fromEntries(
    Object.entries(parameters).filter(([, value]) => ['string', 'number', 'boolean'].includes(typeof value)),
  );
}

function given(name: string, value: string | null): object {
  return value === null ? {} : { [name]: value };
}

function bounded(content: unknown): unknown {
  const text = JSON.stringify(content) ?? '';
  const bytes = Buffer.from(text);
  if (bytes.length <= MAX_CONTENT) return content;
  // A character that is cut through is left out.
  const start = new TextDecoder().decode(bytes.subarray(0, MAX_CONTENT), { stream: true });
  return `${start}… (cut by the gateway: ${text.length} characters)`;
}

/**
 * Langfuse answers 207 and says of each item whether it took it.
 * @throws {Error} for anything else, such as the page of a proxy: nothing says that an item has arrived
 */
function refusalsIn(answer: string): Error[] {
  const errors = errorsIn(answer);
  if (!Array.isArray(errors))
    throw new Error('its answer is not one of Langfuse: LANGFUSE_BASE_URL may lead somewhere else');
  return errors.map((error: { message?: unknown } | null) => {
    return new Error(`an item was refused: ${String(error?.message).slice(0, 200)}`);
  });
}

function errorsIn(answer: string): unknown {
  try {
    return (JSON.parse(answer) as { errors?: unknown } | null)?.errors;
  } catch {
    return undefined;
  }
}
