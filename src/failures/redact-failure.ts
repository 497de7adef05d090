/** Takes a target's secrets out of what its provider, or the HTTP client, said of a failure. */
import type { Redactor } from '../core/redactor.ts';
import { UpstreamFailure } from './upstream-failure.ts';

/** Characters of a provider's own words that a message quotes. */
const QUOTED = 500;

/** @returns an error without secrets in any text that may reach a caller, a receipt or the log */
export function redactFailure(error: unknown, redactor: Redactor): unknown {
  if (!(error instanceof UpstreamFailure)) return error;
  const clean = (value: unknown): unknown => {
    if (typeof value === 'string') return redactor.redact(value);
    if (Array.isArray(value)) return value.map(clean);
    if (typeof value === 'object' && value !== null)
      return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, clean(inner)]));
    return value;
  };
  const { message, reason } = error.facts;
  const facts = clean(error.facts) as UpstreamFailure['facts'];
  // The message may quote the reason cut short, and the cut may go through a secret: the quotation is made anew.
  if (reason && facts.reason) {
    const [before, after] = [reason, facts.reason].map((text) => `: ${text.slice(0, QUOTED)}`);
    facts.message = redactor.redact(message.replace(before!, () => after!));
  }
  // Its stack begins with its message, so the old one is not handed on; nor is what the HTTP client hung on its own.
  const cause = error.cause instanceof Error ? redactor.redact(error.cause.message) : undefined;
  return new UpstreamFailure(facts, cause === undefined ? undefined : { cause: new Error(cause) });
}
