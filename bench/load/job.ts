/** What the load generator is asked to do, and what it found. */
import type { StreamShape } from '../servers/fixtures.ts';

/** A server, and how it is asked. */
export interface Target {
  readonly port: number;
  readonly path: string;
  readonly headers: Record<string, string>;
  /** `messages` for servers that know no `prompt`; the others are an agent's turn on either door. */
  readonly form: 'prompt' | 'messages' | 'agent on chat' | 'agent on messages';
}

export interface Question {
  /** Every question is new, or all are the same. */
  readonly isNew: boolean;
  /** The `x-cache` every reply must have; unchecked when absent. */
  readonly cache?: string;
  readonly stream?: StreamShape;
}

/** Each connection asks again as soon as it has its answer, until the time or the number of requests is up. */
export interface ClosedLoop {
  readonly plan: 'closed loop';
  readonly target: Target;
  readonly question: Question;
  readonly connections: number;
  readonly seconds: number;
  readonly requests?: number;
}

/** One request at a time, to each target in turn, so that all of them see the same noise. */
export interface Turns {
  readonly plan: 'turns';
  readonly targets: readonly Target[];
  readonly question: Question;
  readonly seconds: number;
}

/** One paced stream on each connection, begun evenly over the given time. */
export interface PacedStreams {
  readonly plan: 'paced streams';
  readonly target: Target;
  readonly streams: number;
  readonly shape: StreamShape;
  /** Seconds. */
  readonly beginWithin: number;
}

export type Job = ClosedLoop | Turns | PacedStreams;

export interface Result {
  readonly requests: number;
  readonly frames: number;
  readonly seconds: number;
  /** For turns: milliseconds until the answer, or a stream's first word, of each target. */
  readonly latencies: readonly (readonly number[])[];
  /** For paced streams: milliseconds that frames came after they were due. */
  readonly lateness?: { readonly p50: number; readonly p99: number; readonly max: number };
}

export type FromLoad = { ready: true } | { result: Result } | { problem: string };
