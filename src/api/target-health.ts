import { Failure } from '../failures/failure.ts';
import type { CooldownState } from '../routing/cooldown.ts';
import type { ApiServices, Endpoint, PlainCall, PlainReply } from './endpoint.ts';
import { actorOf } from './management/management-route.ts';
import { openAiErrors } from './openai-chat/openai-error.ts';

const route = { kind: 'plain', format: openAiErrors, access: 'admin' } as const;

/** `GET /models/health`: which targets are cooling down, why and until when. `DELETE /models/health/{target}` ends a cooldown. */
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

function listStates(_call: PlainCall, { targetHealths, latencyOf }: ApiServices): PlainReply {
  const data = targetHealths()
    .states()
    .map(({ until, ...state }) => ({
      ...state,
      ...(until !== undefined && { until: new Date(until).toISOString() }),
      last_failures: lastFailures(state.causes),
      latency: latencyOf(state.target) ?? null,
    }));
  return { body: { object: 'list', data } };
}

async function liftCooldown(call: PlainCall, { targetHealths, accounts }: ApiServices): Promise<PlainReply> {
  const { params } = call;
  const wasCooling = targetHealths().lift(params.target!);
  if (wasCooling === undefined) {
    throw new Failure('invalid_request', `There is no target ${params.target!.slice(0, 200)}.`, {
      status: 404,
      param: 'target',
    });
  }
  if (wasCooling) {
    const subject = params.target!;
    await accounts.audit.record({ actor: actorOf(call), action: 'cooldown.lift', subject, details: {} });
  }
  return { body: { target: params.target, lifted: wasCooling } };
}

const MAX_FAILURES = 5;

/** Of the target and its provider key, the newest first. */
function lastFailures(causes: readonly CooldownState[]) {
  return causes
    .flatMap(({ scope, recent }) => recent.map((failure) => ({ ...failure, scope })))
    .sort((one, other) => other.at - one.at)
    .slice(0, MAX_FAILURES)
    .map(({ at, ...failure }) => ({ at: new Date(at).toISOString(), ...failure }));
}
