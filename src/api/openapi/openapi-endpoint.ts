import { readFileSync } from 'node:fs';
import type { Endpoint } from '../endpoint.ts';
import { openAiErrors } from '../openai-chat/openai-error.ts';

let text: string | undefined;

/** `GET /openapi.json`: the description of the API, as it was made by `npm run docs:openapi`. */
export const openApiEndpoint: Endpoint = {
  kind: 'plain',
  method: 'GET',
  paths: ['/openapi.json'],
  format: openAiErrors,
  access: 'anyone',
  answer() {
    text ??= readFileSync(new URL('./openapi.json', import.meta.url), 'utf8');
    return { text: { contentType: 'application/json; charset=utf-8', text } };
  },
};
