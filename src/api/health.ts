/** The routes that say whether the process is up and whether it can answer. */
import type { Endpoint } from './endpoint.ts';
import { openAiErrors } from './openai-chat/openai-error.ts';

const open = { kind: 'plain', method: 'GET', format: openAiErrors, access: 'anyone' } as const;

export const healthEndpoints: readonly Endpoint[] = [
  { ...open, paths: ['/health/live'], answer: () => ({ body: { status: 'ok' } }) },
  {
    ...open,
    paths: ['/health/ready'],
    answer(_call, { notReady }) {
      const problem = notReady();
      return problem
        ? { status: 503, body: { status: 'not ready', problem } }
        : { body: { status: 'ready' } };
    },
  },
];
