/** What people do with the cache of similar questions: say that an answer was wrong, and see how it does. */
import { Failure, invalidRequest } from '../failures/failure.ts';
import type { ApiServices, Endpoint, PlainCall, PlainReply } from './endpoint.ts';
import { openAiErrors } from './openai-chat/openai-error.ts';

const route = { kind: 'plain', format: openAiErrors, access: 'caller' } as const;

export const semanticCacheEndpoints: readonly Endpoint[] = [
  { ...route, method: 'GET', paths: ['/cache/semantic'], answer: report },
  { ...route, method: 'POST', paths: ['/requests/{id}/feedback'], hasBody: true, answer: takeFeedback },
];

function report(_call: PlainCall, { semantic }: ApiServices): PlainReply {
  const store = semantic();
  if (!store) throw notFound('The semantic cache is off: SEMANTIC_CACHE=shadow or on switches it on.');
  return { body: store.report() };
}

/** The pair of questions never meets again, and counts as a false hit: for the caller, or by the administrator for all. */
function takeFeedback({ body, params, call }: PlainCall, { hitWatch }: ApiServices): PlainReply {
  const { wrong_answer: isWrong } = (body ?? {}) as { wrong_answer?: unknown };
  if (isWrong !== true) throw invalidRequest('Say what was wrong: {"wrong_answer": true}.', 'wrong_answer');
  const scope = call!.isAdmin ? undefined : call!.caller.scope;
  if (!hitWatch()?.reportWrong(params.id!, scope))
    throw notFound('No answer of the semantic cache to this request of yours is remembered.');
  return { body: { id: params.id, wrong_answer: true } };
}

function notFound(message: string): Failure {
  return new Failure('invalid_request', message, { status: 404, param: 'id' });
}
