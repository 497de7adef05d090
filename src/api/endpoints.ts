import { anthropicMessages } from './anthropic-messages/anthropic-messages.ts';
import { hello, messagesCountTokens } from './anthropic-messages/count-tokens.ts';
import { chainEndpoints } from './chains.ts';
import type { ChatEndpoint, Endpoint } from './endpoint.ts';
import { explainEndpoint } from './explain.ts';
import { feedbackEndpoints } from './feedback.ts';
import { geminiCountTokens, geminiEndpoints } from './gemini-content/gemini-content.ts';
import { healthEndpoints } from './health.ts';
import { auditEndpoints } from './management/audit.ts';
import { keyEndpoints } from './management/keys.ts';
import { projectEndpoints } from './management/projects.ts';
import { requestEndpoints } from './management/requests.ts';
import { sessionEndpoints } from './management/session.ts';
import { usageEndpoints } from './management/usage.ts';
import { metricsEndpoint } from './metrics.ts';
import { mistralFim } from './mistral-fim/mistral-fim.ts';
import { modelEndpoints } from './models.ts';
import { openAiChat } from './openai-chat/openai-chat.ts';
import { openAiCompletions } from './openai-completions/openai-completions.ts';
import { openAiEmbeddings } from './openai-embeddings/openai-embeddings.ts';
import { ItemMemory } from './openai-responses/item-memory.ts';
import { responsesFormat, responsesWebSocket } from './openai-responses/openai-responses.ts';
import { openApiEndpoint } from './openapi/openapi-endpoint.ts';
import { semanticCacheEndpoints } from './semantic-cache.ts';
import { settingsEndpoints } from './settings.ts';
import { targetHealthEndpoints } from './target-health.ts';

const chatEndpoints: readonly ChatEndpoint[] = [
  { kind: 'chat', method: 'POST', paths: ['/chat/completions', '/v1/chat/completions'], format: openAiChat },
  { kind: 'chat', method: 'POST', paths: ['/v1/messages'], format: anthropicMessages },
  {
    kind: 'chat',
    method: 'POST',
    paths: ['/v1/responses', '/responses'],
    format: responsesFormat(new ItemMemory()),
  },
  { kind: 'chat', method: 'POST', paths: ['/v1/completions', '/completions'], format: openAiCompletions },
  { kind: 'chat', method: 'POST', paths: ['/v1/fim/completions', '/fim/completions'], format: mistralFim },
  { kind: 'chat', method: 'POST', paths: ['/v1/embeddings', '/embeddings'], format: openAiEmbeddings },
  ...geminiEndpoints,
];

/** The public API: every route that `http/` serves, in one list. */
export const endpoints: readonly Endpoint[] = [
  ...chatEndpoints,
  explainEndpoint(chatEndpoints.map(({ format }) => format)),
  messagesCountTokens,
  geminiCountTokens,
  hello,
  responsesWebSocket,
  ...targetHealthEndpoints,
  ...modelEndpoints,
  ...semanticCacheEndpoints,
  ...feedbackEndpoints,
  ...sessionEndpoints,
  ...keyEndpoints,
  ...projectEndpoints,
  ...usageEndpoints,
  ...requestEndpoints,
  ...auditEndpoints,
  ...chainEndpoints,
  ...settingsEndpoints,
  ...healthEndpoints,
  metricsEndpoint,
  openApiEndpoint,
];
