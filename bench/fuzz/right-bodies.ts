/** A right request for every door, to be made odd, and what its errors look like. */

export interface Door {
  readonly name: string;
  readonly path: (model: string, stream: boolean) => string;
  readonly body: (model: string, stream: boolean) => object;
  /** Whether an error has the door's own shape. */
  readonly isError: (body: ErrorBody) => boolean;
}

export interface ErrorBody {
  readonly type?: unknown;
  readonly error?: { readonly [field: string]: unknown };
}

const isOpenAiError = ({ error }: ErrorBody) =>
  [error?.message, error?.type, error?.code].every((field) => typeof field === 'string');
const isAnthropicError = ({ type, error }: ErrorBody) =>
  type === 'error' && typeof error?.type === 'string' && typeof error.message === 'string';
const isGoogleError = ({ error }: ErrorBody) =>
  typeof error?.code === 'number' && typeof error.message === 'string' && typeof error.status === 'string';

const SCHEMA = { type: 'object', properties: {} };

export const DOORS: readonly Door[] = [
  {
    name: 'chat',
    path: () => '/v1/chat/completions',
    body: (model, stream) => ({
      model,
      stream,
      messages: [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: [{ type: 'text', text: 'hello' }] },
        {
          role: 'assistant',
          content: null,
          tool_calls: [{ id: 'c1', type: 'function', function: { name: 'f', arguments: '{}' } }],
        },
        { role: 'tool', tool_call_id: 'c1', content: 'done' },
      ],
      tools: [{ type: 'function', function: { name: 'f', parameters: SCHEMA } }],
      tool_choice: 'auto',
      temperature: 0.5,
      max_tokens: 50,
      stop: ['x'],
      response_format: { type: 'json_schema', json_schema: { name: 'n', schema: {} } },
      logit_bias: { 1: 1 },
      user: 'ada',
    }),
    isError: isOpenAiError,
  },
  {
    name: 'messages',
    path: () => '/v1/messages',
    body: (model, stream) => ({
      model,
      stream,
      max_tokens: 50,
      system: [{ type: 'text', text: 'Be brief.', cache_control: { type: 'ephemeral', ttl: '1h' } }],
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'hello' },
            { type: 'document', source: { type: 'text', media_type: 'text/plain', data: 'a text' } },
          ],
        },
        {
          role: 'assistant',
          content: [
            { type: 'thinking', thinking: 'well', signature: 's' },
            { type: 'tool_use', id: 't1', name: 'f', input: {} },
          ],
        },
        { role: 'user', content: [{ type: 'tool_result', tool_use_id: 't1', content: 'done' }] },
      ],
      tools: [{ name: 'f', input_schema: SCHEMA }],
      tool_choice: { type: 'auto' },
      metadata: { user_id: 'ada' },
    }),
    isError: isAnthropicError,
  },
  {
    name: 'responses',
    path: () => '/v1/responses',
    body: (model, stream) => ({
      model,
      stream,
      instructions: 'Be brief.',
      input: [
        { role: 'user', content: [{ type: 'input_text', text: 'hello' }] },
        { type: 'reasoning', id: 'rs_1', summary: [{ type: 'summary_text', text: 'well' }] },
        { type: 'function_call', call_id: 'c1', name: 'f', arguments: '{}' },
        { type: 'function_call_output', call_id: 'c1', output: 'done' },
      ],
      tools: [{ type: 'function', name: 'f', parameters: SCHEMA }],
      max_output_tokens: 50,
      reasoning: { effort: 'low' },
      text: { format: { type: 'json_schema', name: 'n', schema: {} } },
    }),
    isError: isOpenAiError,
  },
  {
    name: 'completions',
    path: () => '/v1/completions',
    body: (model, stream) => ({
      model,
      stream,
      prompt: 'def f(',
      suffix: '):',
      max_tokens: 50,
      stop: ['\n'],
    }),
    isError: isOpenAiError,
  },
  {
    name: 'generateContent',
    path: (model, stream) =>
      `/v1beta/models/${model}:${stream ? 'streamGenerateContent?alt=sse' : 'generateContent'}`,
    body: () => ({
      systemInstruction: { parts: [{ text: 'Be brief.' }] },
      contents: [
        { role: 'user', parts: [{ text: 'hello' }] },
        { role: 'model', parts: [{ functionCall: { name: 'f', args: {} } }] },
        { role: 'user', parts: [{ functionResponse: { name: 'f', response: { done: true } } }] },
      ],
      tools: [{ functionDeclarations: [{ name: 'f', parametersJsonSchema: SCHEMA }] }],
      generationConfig: { maxOutputTokens: 50, temperature: 0.5 },
    }),
    isError: isGoogleError,
  },
];
