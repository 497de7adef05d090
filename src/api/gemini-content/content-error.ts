/** Failures as Google's APIs tell them (source: google.aip.dev/193); Gemini CLI acts on the status and on two kinds of details. */
import type { Failure } from '../../failures/failure.ts';

/** By HTTP status (google.rpc.Code). */
const STATUSES: Readonly<Record<number, string>> = {
  400: 'INVALID_ARGUMENT',
  401: 'UNAUTHENTICATED',
  403: 'PERMISSION_DENIED',
  404: 'NOT_FOUND',
  409: 'ABORTED',
  413: 'INVALID_ARGUMENT',
  429: 'RESOURCE_EXHAUSTED',
  499: 'CANCELLED',
  503: 'UNAVAILABLE',
  504: 'DEADLINE_EXCEEDED',
};

/** Google has no status of its own for money that is spent. */
export function contentErrorStatus({ kind, status }: Failure): number {
  return kind === 'budget_exceeded' ? 429 : status;
}

/** The body of a failure, in the shape of https://google.aip.dev/193. */
export function toContentError(failure: Failure): { readonly error: object } {
  const code = contentErrorStatus(failure);
  const status = STATUSES[code] ?? (code >= 500 ? 'INTERNAL' : 'INVALID_ARGUMENT');
  const details = detailsOf(failure);
  return {
    error: { code, message: failure.message, status, ...(details.length > 0 && { details }) },
  };
}

/** A quota of a day makes Gemini CLI stop, a delay makes it wait that long. */
function detailsOf({ kind, message, retryAfterMs }: Failure): object[] {
  if (kind === 'budget_exceeded') {
    const violations = [{ quotaId: 'BudgetPerDay', description: message }];
    return [{ '@type': 'type.googleapis.com/google.rpc.QuotaFailure', violations }];
  }
  if (retryAfterMs === undefined) return [];
  const retryDelay = `${Math.ceil(retryAfterMs / 1_000)}s`;
  return [{ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay }];
}
