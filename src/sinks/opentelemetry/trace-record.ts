/** What the thread that makes spans is told of a request: one JSON text for a batch of them. */
import { randomUUID } from 'node:crypto';
import { type CallTrace, callTrace, type Sampler } from '../../core/trace-ids.ts';
import type { Event, EventOf } from '../../events/event.ts';
import { statusOf } from '../../events/outcome.ts';
import type { CallRecord, Receipt } from '../../events/receipt.ts';

/** Parameters of a request that the conventions have an attribute for. */
const PARAMETERS = [
  'temperature',
  'top_p',
  'max_tokens',
  'max_completion_tokens',
  'frequency_penalty',
  'presence_penalty',
  'seed',
  'n',
] as const;

/** A request that was admitted and has ended. */
export interface SettledRecord {
  readonly kind: 'settled';
  /** Ids of its spans are made of it. */
  readonly callId: string;
  readonly trace: CallTrace;
  /** Milliseconds since the epoch, at arrival. */
  readonly at: number;
  readonly status: number;
  readonly receipt: Receipt;
  readonly parameters: Readonly<Record<string, number>>;
  /** Only where content is switched on: the conversation and its answer, as OpenAI has them. */
  readonly content?: { readonly messages: unknown; readonly choices: unknown };
}

/** A request that was not admitted. */
export interface RefusedRecord {
  readonly kind: 'refused';
  readonly callId: string;
  readonly trace: CallTrace;
  readonly at: number;
  readonly duration_ms: number;
  readonly status: number;
  readonly requestId: string;
  readonly door: string | undefined;
  readonly route: string | undefined;
  readonly errorKind: string;
}

/** What both kinds are; `kind` tells them apart. */
export type TraceRecord = SettledRecord | RefusedRecord;

/** Which requests are told, and how much of them. */
export interface RecordOptions {
  readonly isSampled: Sampler;
  /** Prompts and answers go along. */
  readonly hasContent: boolean;
}

/** @returns nothing for an event of another type */
export function traceRecordOf(event: Event, options: RecordOptions): TraceRecord | undefined {
  if (event.type === 'call_settled') return settled(event.record, options);
  return event.type === 'request_refused' ? refused(event, options) : undefined;
}

function settled(record: CallRecord, { isSampled, hasContent }: RecordOptions): SettledRecord {
  const { id: callId, at, receipt, request, answer } = record;
  const parameters: Record<string, number> = {};
  for (const name of PARAMETERS) {
    const value = request[name];
    if (typeof value === 'number') parameters[name] = value;
  }
  return {
    kind: 'settled',
    callId,
    trace: callTrace(callId, record.trace, isSampled),
    at,
    status: statusOf(receipt),
    receipt,
    parameters,
    // Vectors are nothing to read.
    ...(hasContent &&
      request.operation !== 'embeddings' && {
        content: { messages: request.messages, choices: answer?.completion.choices ?? [] },
      }),
  };
}

function refused(event: EventOf<'request_refused'>, { isSampled }: RecordOptions): RefusedRecord {
  // It has no id that is surely its own: a caller may have chosen it, and may have chosen it before.
  const callId = randomUUID();
  const { at, duration_ms = 0, status, requestId, door, route, kind, trace } = event;
  return {
    kind: 'refused',
    callId,
    trace: callTrace(callId, trace, isSampled),
    at: at - duration_ms,
    duration_ms,
    status,
    requestId,
    door,
    route,
    errorKind: kind,
  };
}
