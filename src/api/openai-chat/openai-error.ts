/** Failures in OpenAI's error shape: the kind as `code`, our request id beside it. */
import { type Failure, failureTable } from '../../routing/failures.ts';
import type { ErrorFormat } from '../api-format.ts';

export interface ErrorBody {
  readonly error: { message: string; type: string; param: string | null; code: string };
  readonly request_id: string;
}

export function openAiError(failure: Failure, requestId: string): ErrorBody {
  const { type } = failureTable[failure.kind];
  return {
    error: { message: failure.message, type, param: failure.param ?? null, code: failure.kind },
    request_id: requestId,
  };
}

/** Also for routes that belong to no door. */
export const openAiErrors: ErrorFormat = {
  error: (failure, requestId) => ({ body: openAiError(failure, requestId) }),
};
