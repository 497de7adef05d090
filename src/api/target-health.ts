/** `GET /models/health`: which targets are cooling down, why and until when. `DELETE /models/health/{target}` ends a cooldown. */
import { Failure } from '../failures/failure.ts';
import type { ApiServices, Endpoint, PlainCall, PlainReply } from './endpoint.ts';
import { openAiErrors } from './openai-chat/openai-error.ts';

const route = { kind: 'plain', format: openAiErrors, access: 'admin' } as const;

export const targetHealthEndpoints: readonly Endpoint[] = [
  { ...route, method: 'GET', paths: ['/models/health', '/v1/models/health'], answer: listStates },
  // A target's id holds slashes: `together/org/model`.
  {
    ...route,
    method: 'DELETE',
    paths: ['/models/health/{target*}', '/v1/models/health/{target*}'],
    answer: liftCooldown,
  },
];

function listStates(_call: PlainCall, { targetHealths }: ApiServices): PlainReply {
  const data = targetHealths()
    .states()
    .map(({ until, ...state }) => ({
      ...state,
      ...(until !== undefined && { until: new Date(until).toISOString() }),
    }));
  return { body: { object: 'list', data } };
}

function liftCooldown({ params }: PlainCall, { targetHealths }: ApiServices): PlainReply {
  const wasCooling = targetHealths().lift(params.target!);
  if (wasCooling === undefined) {
    throw new Failure('invalid_request', `There is no target ${params.target!.slice(0, 200)}.`, {
      status: 404,
      param: 'target',
    });
  }
  return { body: { target: params.target, lifted: wasCooling } };
}
