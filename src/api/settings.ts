import type { Endpoint } from './endpoint.ts';
import { openAiErrors } from './openai-chat/openai-error.ts';

/** `GET /settings`: every setting as it holds, and where it comes from. Secrets are never told. */
export const settingsEndpoints: readonly Endpoint[] = [
  {
    kind: 'plain',
    method: 'GET',
    paths: ['/settings'],
    format: openAiErrors,
    access: 'admin',
    answer: (_call, { about, settings }) => {
      const { data, configFile, problems } = settings();
      return {
        body: {
          data,
          config_file: configFile ?? null,
          ...(problems.length > 0 && { config_problems: problems }),
          demo: about.demo,
          version: about.version,
          uptime_s: Math.round(process.uptime()),
        },
      };
    },
  },
];
