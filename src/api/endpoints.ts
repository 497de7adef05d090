/** The public API: every route that `http/` serves, in one list. */
import type { Endpoint } from './endpoint.ts';
import { healthEndpoints } from './health.ts';
import { modelEndpoints } from './models.ts';
import { openAiChat } from './openai-chat/openai-chat.ts';

export const endpoints: readonly Endpoint[] = [
  { kind: 'chat', method: 'POST', paths: ['/chat/completions', '/v1/chat/completions'], format: openAiChat },
  ...modelEndpoints,
  ...healthEndpoints,
];
