/** How a response that breaks off says why. */
import type { Failure } from '../../failures/failure.ts';

/** Codex asks again after these, but for the one that says that the conversation is too long. */
export function streamErrorCode({ kind, status }: Failure): string {
  if (kind === 'context_length_exceeded') return kind;
  return status === 429 ? 'rate_limit_exceeded' : 'server_error';
}

/** Codex obeys the time it reads in these words. */
export function whenAgain(code: string, { retryAfterMs }: Failure): string {
  if (code !== 'rate_limit_exceeded' || retryAfterMs === undefined) return '';
  return ` Please try again in ${Math.ceil(retryAfterMs / 100) / 10}s.`;
}
