/** One request for each feature, that uses it and as little else as it can. */
import type { FeatureName } from '../../../src/providers/feature-table.ts';

export const IMAGE = 'data:image/png;base64,iVBORw0KGgo=';
export const weather = {
  type: 'function',
  function: {
    name: 'get_weather',
    parameters: { type: 'object', properties: { location: { type: 'string' } } },
  },
};
export const time = { type: 'function', function: { name: 'get_time' } };

const asks = (part: object) => ({
  messages: [{ role: 'user', content: [{ type: 'text', text: 'What is it?' }, part] }],
});
const schema = { name: 'place', schema: { type: 'object', properties: { city: { type: 'string' } } } };

export const EXAMPLES: Readonly<Record<FeatureName, object>> = {
  tools: { tools: [weather] },
  tool_choice: { tools: [weather], tool_choice: 'required' },
  parallel_tool_calls: { tools: [weather], parallel_tool_calls: false },
  images: asks({ type: 'image_url', image_url: { url: IMAGE } }),
  audio: asks({ type: 'input_audio', input_audio: { data: 'UklGRg==', format: 'wav' } }),
  files: asks({
    type: 'file',
    file: { filename: 'a.pdf', file_data: 'data:application/pdf;base64,JVBERg==' },
  }),
  json_object: { response_format: { type: 'json_object' } },
  json_schema: { response_format: { type: 'json_schema', json_schema: schema } },
  n: { n: 2 },
  logprobs: { logprobs: true, top_logprobs: 3 },
  stop: { stop: 'END' },
  temperature: { temperature: 0.5 },
  top_p: { top_p: 0.5 },
  presence_penalty: { presence_penalty: 0.5 },
  frequency_penalty: { frequency_penalty: 0.5 },
  seed: { seed: 7 },
  logit_bias: { logit_bias: { 50256: -100 } },
  reasoning_effort: { reasoning_effort: 'low' },
  verbosity: { verbosity: 'low' },
  user: { user: 'someone' },
  metadata: { metadata: { team: 'a' } },
};

/** Fields that ask for nothing: what clients send who always send all. */
export const IDLE: Readonly<Partial<Record<FeatureName, object>>> = {
  n: { n: 1 },
  logprobs: { logprobs: false },
  presence_penalty: { presence_penalty: 0 },
  frequency_penalty: { frequency_penalty: 0 },
  tools: { tools: [] },
};

/** A conversation in which two tools were called and have answered. */
export const TOOL_RESULTS = {
  tools: [weather, time],
  messages: [
    { role: 'user', content: 'How is the weather in Paris, and what time is it?' },
    {
      role: 'assistant',
      content: null,
      tool_calls: [
        {
          id: 'call_1',
          type: 'function',
          function: { name: 'get_weather', arguments: '{"location":"Paris"}' },
        },
        { id: 'call_2', type: 'function', function: { name: 'get_time', arguments: '{}' } },
      ],
    },
    { role: 'tool', tool_call_id: 'call_1', content: 'rain' },
    { role: 'tool', tool_call_id: 'call_2', content: '12:30' },
  ],
};
