/**
 * Any server that speaks the OpenAI wire. Where they differ is data (`Dialect`), so that a new one is a line in
 * `presets.ts` or, without any line, a `base_url` in the configuration.
 */
import type { ChatRequest } from '../core/openai-types.ts';
import { features } from './features.ts';
import { type Dialect, fitOpenAiRequest } from './fit/openai-request.ts';
import { memoizePerTarget } from './memoize-per-target.ts';
import { withNChoices } from './n-choices.ts';
import { sendOpenAiShaped } from './openai-wire.ts';
import { prepareRequest } from './prepared-request.ts';
import type { Call, Provider, Target } from './provider.ts';
import type { Transport } from './transport.ts';

export type { Dialect } from './fit/openai-request.ts';

/** A server of which nothing is known may stand before OpenAI itself. */
const UNKNOWN_SERVER: Dialect = { servesOpenAiModels: true };

export function openaiCompatible(
  transport: Transport,
  name = 'openai-compatible',
  dialect: Dialect = UNKNOWN_SERVER,
) {
  const provided = features(dialect.features);
  const prepared = memoizePerTarget(prepare);
  const bodyFor = (request: ChatRequest, target: Target, call: Call) =>
    fitOpenAiRequest(request, dialect, provided, target, call);
  const provider: Provider = {
    name,
    features: provided,
    fit: bodyFor,
    async send(request, target, call) {
      const { body, dropped } = bodyFor(request, target, call);
      return sendOpenAiShaped(transport, await prepared(target), body, target, call, dropped);
    },
  };
  return provided.n === 'emulated' ? withNChoices(provider) : provider;
}

async function prepare(target: Target) {
  const { default: OpenAI } = await import('openai');
  // Local servers want no key; the SDK wants some text, and organisation headers are OpenAI's own affair.
  const client = new OpenAI({
    apiKey: target.apiKey ?? 'none',
    baseURL: target.baseUrl,
    organization: null,
    project: null,
    maxRetries: 0,
  });
  return prepareRequest(client, '/chat/completions', target.headers);
}
