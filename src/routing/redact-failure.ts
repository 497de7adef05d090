/** Providers repeat keys in their errors; ours must reach no caller, receipt or log. */
import { Redactor } from '../core/redactor.ts';
import { type UpstreamFacts, UpstreamFailure } from '../failures/upstream-failure.ts';
import type { Target } from '../providers/provider.ts';

/** The same for every call of a target. */
const redactors = new WeakMap<Target, Redactor>();

/** @returns the error, without the key and the header values of its target; other errors as they are */
export function redactFailure(error: unknown, target: Target): unknown {
  if (!(error instanceof UpstreamFailure)) return error;
  const redactor = redactorOf(target);
  const facts = Object.fromEntries(
    Object.entries(error.facts).map(([name, fact]) => [
      name,
      typeof fact === 'string' ? redactor.redact(fact) : fact,
    ]),
  ) as unknown as UpstreamFacts;
  return new UpstreamFailure(facts);
}

function redactorOf(target: Target): Redactor {
  let redactor = redactors.get(target);
  if (!redactor) {
    redactor = new Redactor([target.apiKey, ...Object.values(target.headers)]);
    redactors.set(target, redactor);
  }
  return redactor;
}
