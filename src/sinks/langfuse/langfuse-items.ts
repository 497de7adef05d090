/** What Langfuse is told of a request: a trace, a generation for each attempt, and scores. */
import { spanIdOf } from '../../core/trace-ids.ts';
import type { Event, EventOf } from '../../events/event.ts';
import type { CallRecord } from '../../events/receipt.ts';

/** Bytes of a prompt or an answer; what is longer is cut, and says so. */
const MAX_CONTENT = 500_000;
/** Characters of a parameter, likewise. */
const MAX_PARAMETER = 1_000;

/** One event of Langfuse's ingestion format. */
export interface LangfuseItem {
  /** Langfuse takes an item once, however often it is sent. */
  readonly id: string;
  readonly type: string;
  readonly timestamp: string;
  readonly body: object;
}

/** @param hasContent prompts and answers go along. @returns nothing for an event that Langfuse has no form for */
export function langfuseItemsOf(event: Event, hasContent: boolean): LangfuseItem[] {
  if (event.type === 'call_settled') return callItems(event.record, hasContent);
  return event.type === 'request_scored' ? [scoreItem(event)] : [];
}

/** A newer score of the same name takes the place of the older one. */
function scoreItem({ callId, name, score, at }: EventOf<'request_scored'>): LangfuseItem {
  return {
    id: `${callId}-score-${at}-${name}`,
    timestamp: new Date(at).toISOString(),
    type: 'score-create',
    body: { id: `${callId}-${name}`, traceId: callId, name, value: score, dataType: 'NUMERIC' },
  };
}

/** The trace of a request and its generations. */
function callItems(record: CallRecord, hasContent: boolean): LangfuseItem[] {
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
    Object.entries(parameters)
      .filter(([, value]) => ['string', 'number', 'boolean'].includes(typeof value))
      .map(([name, value]) => [name, typeof value === 'string' ? value.slice(0, MAX_PARAMETER) : value]),
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
