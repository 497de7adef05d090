import { Failure } from '../failures/failure.ts';
import type { Endpoint } from './endpoint.ts';
import { openAiErrors } from './openai-chat/openai-error.ts';

/** `GET /metrics`, for Prometheus. */
export const metricsEndpoint: Endpoint = {
  kind: 'plain',
  method: 'GET',
  paths: ['/metrics'],
  format: openAiErrors,
  access: 'scraper',
  async answer(_call, { metrics }) {
    if (!metrics)
      throw new Failure('invalid_request', 'Metrics are switched off (METRICS=false).', { status: 404 });
    return { text: await metrics() };
  },
};
