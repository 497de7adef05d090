/** `POST /v1/explain`: what would become of a request of any chat door, before it is made. Costs nothing and asks nobody. */
import { invalidRequest } from '../failures/failure.ts';
import type { ApiFormat } from './api-format.ts';
import { readAttribution } from './attribution.ts';
import type { PlainEndpoint } from './endpoint.ts';
import { openAiErrors } from './openai-chat/openai-error.ts';
import { asksForTemplate } from './openai-chat/prompt-template.ts';

/** @param formats of the doors whose requests can be explained, the usual one first */
export function explainEndpoint(formats: readonly ApiFormat[]): PlainEndpoint {
  return {
    kind: 'plain',
    method: 'POST',
    paths: ['/v1/explain', '/explain'],
    format: openAiErrors,
    access: 'caller',
    hasBody: true,
    perMinute: 120,
    async answer({ body, call, ...context }, { explain }) {
      if (asksForTemplate(body))
        throw invalidRequest(
          'Nobody is asked here, PromptLayer neither: send the messages of the template.',
          'promptlayer',
        );
      const { parsed } = formatNamed(context.query, formats).parse(body, context);
      const attribution = readAttribution(context.headers, body);
      return { body: await explain({ ...call!, parsed, attribution }) };
    },
  };
}

function formatNamed(query: string, formats: readonly ApiFormat[]): ApiFormat {
  const name = new URLSearchParams(query).get('format') ?? formats[0]!.name;
  const format = formats.find((one) => one.name === name);
  const names = formats.map((one) => one.name).join(', ');
  if (!format) throw invalidRequest(`\`format\` must be one of ${names}.`, 'format');
  return format;
}
