/**
 * Ids of traces and spans by W3C Trace Context (https://www.w3.org/TR/trace-context/). They are computed from a call's own
 * id and not drawn: whoever sends an attempt and whoever tells of it later, in the background, come to the same ones.
 */
import { hash } from 'node:crypto';

/** What a caller says of the trace that a call is part of, checked for its form. */
export interface ParentTrace {
  readonly traceparent: string;
  readonly tracestate: string | undefined;
}

/** The trace that a call belongs to: its caller's, or one of its own. */
export interface CallTrace {
  /** 32 hexadecimal digits: the caller's, or those of the call's id. */
  readonly traceId: string;
  /** The caller's span; absent where the trace begins here. */
  readonly parentSpanId: string | undefined;
  readonly tracestate: string | undefined;
  readonly isSampled: boolean;
}

/** Whether a trace is recorded. @param parentSampled what the caller decided, where there is one */
export type Sampler = (traceId: string, parentSampled: boolean | undefined) => boolean;

/** @param callId a UUID; of any other text a hash is taken */
export function callTrace(callId: string, parent: ParentTrace | undefined, isSampled: Sampler): CallTrace {
  if (!parent) {
    const traceId = digitsOf(callId);
    return {
      traceId,
      parentSpanId: undefined,
      tracestate: undefined,
      isSampled: isSampled(traceId, undefined),
    };
  }
  // version, trace id, parent id, flags: 2, 32, 16 and 2 digits with a dash between.
  const { traceparent, tracestate } = parent;
  const traceId = traceparent.slice(3, 35);
  const parentSampled = (Number.parseInt(traceparent.slice(53, 55), 16) & 1) === 1;
  return {
    traceId,
    parentSpanId: traceparent.slice(36, 52),
    tracestate,
    isSampled: isSampled(traceId, parentSampled),
  };
}

/**
 * The digits that are random in a UUID of version 7, with the number in place of the last three: texts cut and joined, as
 * arithmetic on numbers of that size costs ten times as much. Its first digit is 8, 9, a or b, so it is never all zeros.
 * @param number of the attempt, from 1; 0 is the request itself. They differ up to 4095.
 */
export function spanIdOf(callId: string, number: number): string {
  const id = isUuid(callId)
    ? callId.slice(19, 23) + callId.slice(24, 33)
    : `8${digitsOf(callId).slice(0, 12)}`;
  // With a digit in front that is taken off again, zeros at the beginning stay.
  return id + (0x1000 + (number & 0xfff)).toString(16).slice(1);
}

/** The value of the header `traceparent`, version 00. */
export function traceparentOf(trace: CallTrace, spanId: string): string {
  return `00-${trace.traceId}-${spanId}-${trace.isSampled ? '01' : '00'}`;
}

/** The length tells: the form is not checked for each span. */
function isUuid(callId: string): boolean {
  return callId.length === 36;
}

function digitsOf(callId: string): string {
  if (!isUuid(callId)) return hash('sha256', callId).slice(0, 32);
  // Parts are put together faster than dashes taken out.
  const id = callId;
  return id.slice(0, 8) + id.slice(9, 13) + id.slice(14, 18) + id.slice(19, 23) + id.slice(24);
}

/**
 * Names and meaning are OpenTelemetry's
 * (https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/#general-sdk-configuration).
 */
export const SAMPLERS = [
  'parentbased_always_on',
  'parentbased_always_off',
  'parentbased_traceidratio',
  'always_on',
  'always_off',
  'traceidratio',
] as const;

/** @param ratio of the traces that begin here, from 0 to 1, for samplers that take one */
export function samplerOf(name: (typeof SAMPLERS)[number], ratio: number): Sampler {
  const own: Sampler = name.endsWith('ratio')
    ? (traceId) => Number.parseInt(traceId.slice(24), 16) < ratio * 0x1_0000_0000
    : () => name.endsWith('on');
  return name.startsWith('parentbased')
    ? (traceId, parentSampled) => parentSampled ?? own(traceId, undefined)
    : own;
}
