/** Errors told inside a reply that began with status 200, and the wall around all that reads one. */

import type { Fields } from '../../core/json-object.ts';
import { errorInObject } from '../../failures/provider-error.ts';
import { malformed, UpstreamFailure } from '../../failures/upstream-failure.ts';

/** An error told inside a reply or a stream that began with status 200. */
export function eventFailure(parsed: unknown, provider: string): UpstreamFailure {
  const said = errorInObject(parsed);
  const { reason } = said;
  const outer = (typeof parsed === 'object' && parsed !== null ? parsed : {}) as Fields;
  const inner = (typeof outer.error === 'object' && outer.error !== null ? outer.error : outer) as Fields;
  const status = [inner.code, inner.status].map(Number).find((value) => value >= 400 && value < 600);
  return new UpstreamFailure({
    message: `${provider} reported an error in its reply${reason ? `: ${reason.slice(0, 500)}` : '.'}`,
    status,
    ...said,
    body: textOf(parsed).slice(0, 4096),
  });
}

/** Some servers have the field in every chunk, empty where there is no error. */
export function tellsError({ error, object, choices }: Fields): boolean {
  if (object === 'error') return true;
  if (!error) return false;
  const isEmpty = typeof error === 'object' && Object.keys(error).length === 0;
  return !(isEmpty && Array.isArray(choices));
}

/** Nothing that a reply makes us throw is a fault of ours. */
export function asUpstreamFailure(failure: unknown, provider: string): UpstreamFailure {
  if (failure instanceof UpstreamFailure) return failure;
  return malformed(`${provider} sent a reply that cannot be read.`);
}

/** `JSON.stringify` overflows the stack where lists are nested by the thousand. */
function textOf(value: unknown): string {
  try {
    return JSON.stringify(value) ?? '';
  } catch {
    return '';
  }
}
