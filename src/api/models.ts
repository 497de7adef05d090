/** The models and chains a caller may name, in OpenAI's list shape. */
import type { ApiServices, Endpoint, PlainCall, PlainReply } from './endpoint.ts';
import { openAiErrors } from './openai-chat/openai-error.ts';

const listing = { kind: 'plain', format: openAiErrors, access: 'caller', answer: listModels } as const;

export const modelEndpoints: readonly Endpoint[] = [
  { ...listing, method: 'GET', paths: ['/v1/models', '/models'] },
  // The first version's own route.
  { ...listing, method: 'POST', paths: ['/get_models'] },
];

function listModels(_call: PlainCall, { modelList }: ApiServices): PlainReply {
  const data = modelList().map((model) => ({ ...model, object: 'model', created: 0 }));
  return { body: { object: 'list', data } };
}
