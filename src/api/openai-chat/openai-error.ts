/** Failures in OpenAI's error shape: our request id beside it. */
import type { Failure } from '../../failures/failure.ts';
import type { ErrorFormat, HeaderList } from '../api-format.ts';

/** The shape of https://platform.openai.com/docs/guides/error-codes, and the id by which the request is found in our log. */
export interface ErrorBody {
  readonly error: { message: string; type: string; param: string | null; code: string };
  readonly request_id: string;
}

/** The body of a failure. */
export function openAiError(failure: Failure, requestId: string): ErrorBody {
  const { message, type, param = null, code } = failure;
  return { error: { message, type, param, code }, request_id: requestId };
}

/** The errors of every door and route whose callers expect OpenAI's. */
export const openAiErrors = {
  error: (failure: Failure, requestId: string) => ({
    body: openAiError(failure, requestId),
    headers: retryHeader(failure),
  }),
} satisfies ErrorFormat;

/** What OpenAI's SDKs obey above the status, which they go by otherwise. */
export function retryHeader({ isFutile }: Failure): HeaderList {
  return isFutile ? ['x-should-retry', 'false'] : [];
}
