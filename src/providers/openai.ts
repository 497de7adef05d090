import { completionEndpoint } from './completions/completion-endpoint.ts';
import { embeddingEndpoint } from './embeddings/embedding-endpoint.ts';
import { features } from './feature-table.ts';
import { chatEndpoint } from './openai-chat-endpoint.ts';
import { mostOpenAiStops, OPENAI_DIALECT, openAiBody, openAiFeatures } from './openai-dialect.ts';
import { withResponsesWire } from './openai-responses/responses-wire.ts';
import type { Provider, Target } from './provider.ts';
import type { Transport } from './transport.ts';

/** Its last models for plain text (OpenAI's reference, "Completions", 2026-11); all others are for chats. */
const COMPLETIONS = {
  endpoint: {
    path: '/completions',
    models: /^(?:ft:)?(?:gpt-3\.?5-turbo-instruct|davinci-002|babbage-002)/,
    takesSuffix: true,
  },
  dialect: OPENAI_DIALECT,
  features: openAiFeatures,
} as const;

/** How OpenAI's embeddings differ from others. */
const EMBEDDINGS = {
  endpoint: { givesBase64: true, dimensions: 'dimensions' },
  features: features(),
} as const;

/** OpenAI, by its official package: URL, key, organisation and version headers are the SDK's. */
export function openai(transport: Transport): Provider {
  return openAiServices('openai', transport, clientOf);
}

/**
 * All of OpenAI's services that are used here, wherever its models are served.
 * @param client makes the client of the official package for a target
 */
export function openAiServices(
  name: string,
  transport: Transport,
  client: (target: Target) => Promise<unknown>,
): Provider {
  return {
    name,
    features: features(),
    ...withResponsesWire(transport, client, chatEndpoint(transport, { toBody: openAiBody, client })),
    complete: completionEndpoint(transport, { ...COMPLETIONS, client }),
    embed: embeddingEndpoint(transport, { ...EMBEDDINGS, client }),
    mostStops: mostOpenAiStops,
  };
}

async function clientOf({ apiKey, baseUrl }: Target): Promise<unknown> {
  const { default: OpenAI } = await import('openai');
  return new OpenAI({ apiKey, baseURL: baseUrl, maxRetries: 0 });
}
