/** What is left out for every wire, and the text of a body. */
import { expect, it } from 'vitest';
import { toJsonBody } from '../../../src/providers/fit/json-body.ts';
import { fitOptions } from '../../../src/providers/fit/options.ts';
import { question } from '../support.ts';

it.each([
  'api_key',
  'api_base',
  'base_url',
  'api_version',
  'custom_llm_provider',
  'extra_headers',
  'headers',
  'aws_secret_access_key',
])('%s is never sent on, and named', (name) => {
  const { request, dropped } = fitOptions(question({ [name]: 'x' }));
  expect(request).not.toHaveProperty(name);
  expect(dropped).toEqual([name]);
});

it('options without their subject are left out; what asked for a call is named', () => {
  const asked = {
    tools: [],
    tool_choice: 'required',
    parallel_tool_calls: true,
    top_logprobs: 2,
    stream_options: {},
    modalities: ['text'],
  };
  const { request, dropped } = fitOptions(question(asked));
  expect(request).toEqual(question());
  expect(dropped).toEqual(['tool_choice']);
});

it('a JSON object with a schema is a JSON schema', () => {
  const { request } = fitOptions(
    question({ response_format: { type: 'json_object', schema: { type: 'object' } } }),
  );
  expect(request.response_format).toEqual({
    type: 'json_schema',
    json_schema: { name: 'answer', schema: { type: 'object' } },
  });
});

it('half a surrogate pair is replaced in a body, a whole one and a written escape are not', () => {
  const text = 'cut \ud83d, whole \ud83d\ude00, written \\ud83d';
  expect(JSON.parse(toJsonBody({ text }))).toEqual({ text: text.toWellFormed() });
});
