/** The provider-neutral values the simulator is made of: who is called, what is sent back. */

/** The services that are simulated. */
export const providerNames = ['together', 'openai', 'anthropic', 'promptlayer'] as const;

/** See {@link providerNames}. */
export type SimulatedProvider = (typeof providerNames)[number];

/** An object of unknown fields, as JSON gives it. */
export type JsonObject = { [key: string]: unknown };

/** Whether JSON gave an object: no list, and not `null`. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The members of `value` that are objects, or none when it is not an array. */
export function objectsIn(value: unknown): JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

/** What a provider received. */
export interface ProviderRequest {
  provider: SimulatedProvider;
  method: string;
  /** Below the provider's prefix, without the query: `/v1/chat/completions`. */
  path: string;
  /** Names in lower case, as node:http gives them. */
  headers: { [name: string]: string | undefined };
  /** Parsed JSON, or `undefined` when the body was empty or not JSON. */
  body: unknown;
}

/**
 * One server-sent event. The kind is for the fault planner only: faults count and cut at `delta`s,
 * whatever a provider calls them.
 */
export interface StreamEvent {
  kind: 'start' | 'delta' | 'finish' | 'usage' | 'done' | 'error';
  /** The SSE `event:` field (Anthropic); OpenAI-shaped streams have none. */
  name?: string;
  /** The SSE `data:` field, one line. */
  data: string;
}

/** A reply with its body as text. */
export interface PlannedWholeReply {
  status: number;
  headers: { [name: string]: string };
  body: string;
}

/** A reply whose body is server-sent events. */
export interface PlannedStreamReply {
  status: number;
  headers: { [name: string]: string };
  events: StreamEvent[];
}

/** What is to be sent, if nothing goes wrong. */
export type PlannedReply = PlannedWholeReply | PlannedStreamReply;

/** What differs between two equal requests; handed in, so that reply bytes are a pure function. */
export interface ReplyContext {
  /** Counts the simulator's calls; every id of the reply is derived from it. */
  callNumber: number;
  /** Unix seconds, the `created` field. */
  created: number;
  /** Said at the end of every answer, so that nobody takes it for a real one. */
  note?: string | undefined;
  /** Text the test wants as the answer, in place of the canonical one. */
  scriptedAnswer?: string;
  /** A fault that changes what the model says (`length`, `empty_answer` …), not how it is delivered. */
  fault?: { name: string; parameter?: number };
}

/** A whole JSON reply. */
export function jsonReply(
  status: number,
  body: unknown,
  headers: { [name: string]: string } = {},
): PlannedWholeReply {
  return { status, headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) };
}
