/**
 * Any server that speaks the OpenAI wire. Where they differ is data (`Dialect`), so that a new one is a line in
 * `presets.ts` or, without any line, a `base_url` in the configuration.
 */
import type { ChatRequest } from '../core/openai-types.ts';
import { type CompletionEndpoint, completionEndpoint } from './completions/completion-endpoint.ts';
import { type EmbeddingEndpoint, embeddingEndpoint } from './embeddings/embedding-endpoint.ts';
import { features } from './feature-table.ts';
import { type Dialect, fitOpenAiRequest } from './fit/openai-request.ts';
import { withNChoices } from './n-choices.ts';
import { chatEndpoint } from './openai-chat-endpoint.ts';
import type { Call, Provider, Target } from './provider.ts';
import type { Transport } from './transport.ts';

export type { Dialect } from './fit/openai-request.ts';

/** How a server's wire differs from OpenAI's, and what it has beside chats. */
export interface ServerDialect extends Dialect {
  /** Where it goes on with plain text; chats stand in for it where there is nothing. */
  readonly completions?: CompletionEndpoint;
  /** Where it makes embeddings. */
  readonly embeddings?: EmbeddingEndpoint;
}

/** A server of which nothing is known may stand before OpenAI itself. */
const UNKNOWN_SERVER: ServerDialect = {
  servesOpenAiModels: true,
  completions: { path: '/completions' },
  embeddings: { dimensions: 'dimensions' },
};

/** A provider for one server. @param dialect without it nothing is assumed of the server but the common core */
export function openaiCompatible(
  transport: Transport,
  name = 'openai-compatible',
  dialect: ServerDialect = UNKNOWN_SERVER,
) {
  const provided = features(dialect.features);
  const bodyFor = (request: ChatRequest, target: Target, call: Call) =>
    fitOpenAiRequest(request, dialect, provided, target, call);
  const { completions: endpoint, embeddings, drops = [] } = dialect;
  const provider: Provider = {
    name,
    features: provided,
    ...(dialect.mostStops !== undefined && { mostStops: () => dialect.mostStops }),
    ...chatEndpoint(transport, { toBody: bodyFor, client: clientOf }),
    ...(endpoint && {
      complete: completionEndpoint(transport, {
        endpoint,
        dialect,
        features: () => provided,
        client: clientOf,
      }),
    }),
    ...(embeddings && {
      embed: embeddingEndpoint(transport, {
        endpoint: embeddings,
        features: provided,
        drops,
        client: clientOf,
      }),
    }),
  };
  return provided.n === 'emulated' ? withNChoices(provider) : provider;
}

async function clientOf(target: Target): Promise<unknown> {
  const { default: OpenAI } = await import('openai');
  // Local servers want no key; the SDK wants some text, and organisation headers are OpenAI's own affair.
  return new OpenAI({
    apiKey: target.apiKey ?? 'none',
    baseURL: target.baseUrl,
    organization: null,
    project: null,
    maxRetries: 0,
  });
}
