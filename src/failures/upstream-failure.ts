/** What went wrong on a provider's wire, as facts. What it *means* is decided in `failure-table.ts` alone. */
import type { ProviderError } from './provider-error.ts';

/** Which deadline of ours ran out. */
export type TimeoutPhase = 'connect' | 'first_token' | 'idle' | 'attempt';

/** Everything that was seen of a failed call. */
export interface UpstreamFacts extends ProviderError {
  /** One sentence for people; never holds a key. */
  message: string;
  /** HTTP status of the reply, or the status an in-stream error event stands for. */
  status?: number;
  /** Response headers, lower-cased. */
  headers?: Readonly<Record<string, string>>;
  /** First 4 kB of the body, to tell a page from an error object. */
  body?: string;
  /** Node's or undici's code when there was no reply (`ECONNREFUSED`, `UND_ERR_SOCKET`, …). */
  network?: string;
  /** The reply came but is not what the wire promises: not JSON, truncated, no finish reason, empty. */
  malformed?: boolean;
  /** The answer came whole, but what it says to do cannot be done: a tool call whose arguments do not hold. */
  invalidOutput?: boolean;
  timeout?: TimeoutPhase;
  /** Nothing was sent: the request needs what this target has not. The name of the request field. */
  unsupported?: string;
}

/** Thrown by providers: facts without a verdict. */
export class UpstreamFailure extends Error {
  readonly facts: UpstreamFacts;
  constructor(facts: UpstreamFacts, options?: ErrorOptions) {
    super(facts.message, options);
    this.name = 'UpstreamFailure';
    this.facts = facts;
  }
}

/** The reply broke the wire's own rules; the next target may do better. */
export function malformed(message: string, facts: Partial<UpstreamFacts> = {}): UpstreamFailure {
  return new UpstreamFailure({ ...facts, message, malformed: true });
}

/** The answer is no use to its caller; another model may give a better one. */
export function invalidOutput(message: string): UpstreamFailure {
  return new UpstreamFailure({ message, invalidOutput: true });
}
