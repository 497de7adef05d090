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

/** @param number of the attempt, from 1; 0 is the request itself */
export function spanIdOf(callId: string, number: number): string {
  const digits = digitsOf(callId);
  // Half the random part of the id each, stirred by different odd numbers, so that all spans of a call differ.
  const high = Number.parseInt(digits.slice(16, 24), 16) ^ Math.imul(number + 1, 0x9e3779b1);
  const low = Number.parseInt(digits.slice(24), 16) ^ Math.imul(number + 1, 0x85ebca77);
  return eightDigits(high) + eightDigits(low || 1);
}

/** The value of the header `traceparent`, version 00. */
export function traceparentOf(trace: CallTrace, spanId: string): string {
  return `00-${trace.traceId}-${spanId}-${trace.isSampled ? '01' : '00'}`;
}

function eightDigits(number: number): string {
  // With a digit in front that is taken off again, zeros at the beginning stay.
  return (0x1_0000_0000 + (number >>> 0)).toString(16).slice(1);
}

function digitsOf(callId: string): string {
  // The length tells a UUID: its form is not checked for each span, and its parts are put together faster than dashes taken out.
  if (callId.length !== 36) return hash('sha256', callId).slice(0, 32);
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
