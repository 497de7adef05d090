import { Failure } from '../failures/failure.ts';
import type { ApiServices, Endpoint, PlainCall, PlainReply } from './endpoint.ts';
import { openAiErrors } from './openai-chat/openai-error.ts';

const route = { kind: 'plain', format: openAiErrors, access: 'caller' } as const;

/** `GET /cache/semantic`: how the cache of similar questions does. */
export const semanticCacheEndpoints: readonly Endpoint[] = [
  { ...route, method: 'GET', paths: ['/cache/semantic'], answer: report },
];

function report(_call: PlainCall, { semantic }: ApiServices): PlainReply {
  const store = semantic();
  if (!store) {
    const message = 'The semantic cache is off: SEMANTIC_CACHE=shadow or on switches it on.';
    throw new Failure('invalid_request', message, { status: 404 });
  }
  return { body: store.report() };
}
