import { allowedPart } from '../chat/chains.ts';
import { Failure } from '../failures/failure.ts';
import type { ApiServices, Endpoint, PlainCall, PlainReply } from './endpoint.ts';
import { openAiErrors } from './openai-chat/openai-error.ts';

/** `GET /chains`: what the configuration names, and the targets behind each name, in their order. */
export const chainEndpoints: readonly Endpoint[] = [
  {
    kind: 'plain',
    method: 'GET',
    paths: ['/chains'],
    format: openAiErrors,
    access: 'caller',
    answer: listChains,
  },
];

/** A caller sees those it may use, as far as it may. */
function listChains({ call }: PlainCall, { models }: ApiServices): PlainReply {
  const data = models.chains().flatMap(({ chain, aliases }) => {
    try {
      const targets = chain.targets.length > 0 ? allowedPart(chain, call!.caller).targets : [];
      return {
        name: chain.name,
        is_default: chain.name === 'default',
        targets: targets.map(({ id }) => id),
        hedge_after_ms: chain.hedgeAfter ?? null,
        aliases,
      };
    } catch (error) {
      if (error instanceof Failure && error.rule.isAboutRights) return [];
      throw error;
    }
  });
  return { body: { data } };
}
