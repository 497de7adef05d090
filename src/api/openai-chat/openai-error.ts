/** Failures in OpenAI's error shape: our request id beside it. */
import type { Failure } from '../../failures/failure.ts';
import type { ErrorFormat } from '../api-format.ts';

export interface ErrorBody {
  readonly error: { message: string; type: string; param: string | null; code: string };
  readonly request_id: string;
}

export function openAiError(failure: Failure, requestId: string): ErrorBody {
  const { message, type, param = null, code } = failure;
  return { error: { message, type, param, code }, request_id: requestId };
}

export const openAiErrors = {
  error: (failure: Failure, requestId: string) => ({ body: openAiError(failure, requestId) }),
} satisfies ErrorFormat;
