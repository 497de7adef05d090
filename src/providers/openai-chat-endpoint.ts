/** Chat completions at a server of OpenAI's wire, as its package calls it: the same for all that speak this wire. */
import type { ChatRequest } from '../core/openai-types.ts';
import type { FittedBody } from './fit/openai-request.ts';
import { sendOpenAiShaped } from './openai-wire.ts';
import { memoizePerTarget, prepareRequest } from './prepared-request.ts';
import type { Call, Provider, Target } from './provider.ts';
import type { Transport } from './transport.ts';

/** In what one server differs from another. */
export interface ChatEndpointOptions {
  /** A request as the server takes it. @throws {UpstreamFailure} unsupported */
  readonly toBody: (request: ChatRequest, target: Target, call: Call) => FittedBody;
  /** The client of its official package. */
  readonly client: (target: Target) => Promise<unknown>;
}

/** The parts of a provider that chat needs. */
export function chatEndpoint(
  transport: Transport,
  { toBody, client }: ChatEndpointOptions,
): Pick<Provider, 'fit' | 'send'> {
  const prepared = memoizePerTarget(async (target) =>
    prepareRequest(await client(target), '/chat/completions', target.headers),
  );
  return {
    fit: toBody,
    async send(request, target, call) {
      const { body, dropped } = toBody(request, target, call);
      return sendOpenAiShaped(transport, await prepared(target), body, target, call, dropped);
    },
  };
}
