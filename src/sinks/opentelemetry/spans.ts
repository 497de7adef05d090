/** Spans of a request: one for the request as its server, and one for each attempt as a client of its provider. */
import {
  type Attributes,
  type Context,
  createTraceState,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  TraceFlags,
  type Tracer,
  trace,
} from '@opentelemetry/api';
import type { IdGenerator } from '@opentelemetry/sdk-trace-base';
import { type CallTrace, spanIdOf } from '../../core/trace-ids.ts';
import {
  contentAttributes,
  operationOf,
  parameterAttributes,
  providerName,
  usageAttributes,
} from './attributes.ts';
import type { RefusedRecord, SettledRecord, TraceRecord } from './trace-record.ts';

/** Gives the ids that the gateway has sent along already. */
export class GivenIds implements IdGenerator {
  traceId = '';
  spanId = '';

  generateTraceId(): string {
    return this.traceId;
  }

  generateSpanId(): string {
    return this.spanId;
  }
}

/** Where requests of a door come in, by its name. */
const ROUTES: Readonly<Record<string, string>> = {
  chat: '/v1/chat/completions',
  messages: '/v1/messages',
  responses: '/v1/responses',
  completions: '/v1/completions',
  fim: '/v1/fim/completions',
  embeddings: '/v1/embeddings',
};
const GEMINI = '/v1beta/models/{model*}';

/** The route that requests of a door are counted under; there may be others that mean the same. */
export function routeOf({ door, stream }: { readonly door: string; readonly stream: boolean }): string {
  if (door === 'gemini') return `${GEMINI}:${stream ? 'streamGenerateContent' : 'generateContent'}`;
  return ROUTES[door] ?? `/${door}`;
}

/**
 * Makes the spans of one request, under ids that follow from its call's: see trace-ids.ts.
 * @param ids where the tracer takes its next ids from
 */
export function recordSpans(tracer: Tracer, ids: GivenIds, record: TraceRecord): void {
  ids.traceId = record.trace.traceId;
  ids.spanId = spanIdOf(record.callId, 0);
  const parent = parentOf(record.trace);
  if (record.kind === 'refused') recordRefused(tracer, parent, record);
  else recordSettled(tracer, ids, parent, record);
}

function recordSettled(tracer: Tracer, ids: GivenIds, parent: Context, record: SettledRecord): void {
  const { receipt, at, callId } = record;
  const route = routeOf(receipt);
  const attributes = {
    ...httpAttributes(route, record.status),
    ...(receipt.error && { 'error.type': receipt.error.kind }),
    'codellama.request_id': receipt.id,
    'codellama.door': receipt.door,
    'codellama.chain': receipt.chain,
    'codellama.cache': receipt.cache,
    'codellama.attempts': receipt.attempts.length,
    'codellama.stream': receipt.stream,
    'codellama.stitched': receipt.stitched,
    ...given('codellama.cost_usd', receipt.cost_usd),
    ...given('codellama.key_id', receipt.key_id),
    ...given('codellama.project', receipt.project),
    ...given('codellama.agent', receipt.agent),
    ...given('gen_ai.conversation.id', receipt.session),
  };
  const options = { kind: SpanKind.SERVER, startTime: at, attributes };
  const span = tracer.startSpan(`POST ${route}`, options, parent);
  // The server is at fault for what it answers with 500 and more, says the convention.
  if (record.status >= 500)
    span.setStatus({ code: SpanStatusCode.ERROR, message: receipt.error?.message ?? '' });
  const within = trace.setSpan(parent, span);
  const answered = receipt.attempts.findLastIndex(({ kind }) => kind === 'ok');
  for (const [index, attempt] of receipt.attempts.entries()) {
    // Those who share a call have its attempts in their receipts, too; they are the spans of who came first.
    if (receipt.cache === 'coalesced') break;
    const startTime = at + attempt.started_ms;
    if (attempt.kind === 'cooling') {
      span.addEvent('target left out', { 'codellama.target': attempt.target }, startTime);
      continue;
    }
    ids.spanId = spanIdOf(callId, index + 1);
    const isAnswer = index === answered;
    const attributes = attemptAttributes(record, index, isAnswer);
    const name = `${operationOf(receipt.door)} ${attributes['gen_ai.request.model']}`;
    const child = tracer.startSpan(name, { kind: SpanKind.CLIENT, startTime, attributes }, within);
    if (attempt.first_token_ms !== undefined)
      child.addEvent('first token', undefined, at + attempt.first_token_ms);
    const isFailed = attempt.kind !== 'ok' && attempt.kind !== 'hedge_lost';
    if (isFailed) child.setStatus({ code: SpanStatusCode.ERROR, message: attempt.kind });
    child.end(at + (attempt.ended_ms ?? receipt.duration_ms));
  }
  span.end(at + receipt.duration_ms);
}

function attemptAttributes(record: SettledRecord, index: number, isAnswer: boolean): Attributes {
  const { receipt, parameters } = record;
  const {
    target,
    kind,
    status,
    note,
    started_ms: from,
    first_token_ms: firstToken,
  } = receipt.attempts[index]!;
  const slash = target.indexOf('/');
  const model = target.slice(slash + 1);
  return {
    'gen_ai.operation.name': operationOf(receipt.door),
    'gen_ai.provider.name': providerName(target.slice(0, slash)),
    'gen_ai.request.model': model,
    ...parameterAttributes(parameters),
    ...(receipt.stream && { 'gen_ai.request.stream': true }),
    ...(receipt.stream &&
      firstToken !== undefined && { 'gen_ai.response.time_to_first_chunk': (firstToken - from) / 1_000 }),
    ...given('gen_ai.conversation.id', receipt.session),
    'codellama.attempt': index + 1,
    ...(status !== undefined && { 'http.response.status_code': status }),
    ...(kind !== 'ok' && { 'error.type': kind }),
    ...given('codellama.note', note ?? null),
    ...(isAnswer && {
      'gen_ai.response.model': model,
      ...(receipt.finish_reason && { 'gen_ai.response.finish_reasons': [receipt.finish_reason] }),
      ...usageAttributes(record),
      ...contentAttributes(record),
    }),
  };
}

function recordRefused(tracer: Tracer, parent: Context, record: RefusedRecord): void {
  const { at, duration_ms: duration, status, errorKind, requestId, door } = record;
  const route = record.route ?? 'unknown';
  const attributes = {
    ...httpAttributes(route, status),
    'error.type': errorKind,
    'codellama.request_id': requestId,
    ...given('codellama.door', door ?? null),
  };
  const name = `${door ? 'POST ' : ''}${route}`;
  const span = tracer.startSpan(name, { kind: SpanKind.SERVER, startTime: at, attributes }, parent);
  if (status >= 500) span.setStatus({ code: SpanStatusCode.ERROR, message: errorKind });
  span.end(at + duration);
}

function httpAttributes(route: string, status: number): Attributes {
  return { 'http.request.method': 'POST', 'http.route': route, 'http.response.status_code': status };
}

function parentOf({ traceId, parentSpanId, tracestate }: CallTrace): Context {
  if (parentSpanId === undefined) return ROOT_CONTEXT;
  return trace.setSpanContext(ROOT_CONTEXT, {
    traceId,
    spanId: parentSpanId,
    traceFlags: TraceFlags.SAMPLED,
    isRemote: true,
    ...(tracestate !== undefined && { traceState: createTraceState(tracestate) }),
  });
}

function given(name: string, value: string | number | null): Attributes {
  return value === null ? {} : { [name]: value };
}
