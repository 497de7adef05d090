/** What programs send in other forms than OpenAI's, and what goes on of it. */
import { describe, expect, it } from 'vitest';
import { parseRequest } from '../../../src/api/openai-chat/chat-request.ts';
import { parseExactly } from '../../../src/core/exact-json.ts';

const user = { role: 'user', content: 'hi' };
const schema = { type: 'object', properties: { q: { type: 'string' } } };
const parse = (fields: object) => parseRequest({ messages: [user], ...fields }).request;

describe('fields', () => {
  it.each([
    ['an effort of one provider', { reasoning_effort: 'default' }, { reasoning_effort: 'default' }],
    ['the effort of another', { reasoning_effort: 'max' }, { reasoning_effort: 'max' }],
    ["Cohere's safety mode", { safety_mode: 'NONE' }, { safety_mode: 'NONE' }],
    ['a prompt of null beside messages', { prompt: null }, {}],
    ["Together's number of log probabilities", { logprobs: 1 }, { logprobs: true, top_logprobs: 1 }],
    ['none of them', { logprobs: 0 }, { logprobs: false }],
    ['both', { logprobs: 5, top_logprobs: 2 }, { logprobs: true, top_logprobs: 2 }],
    [
      'a format of one provider',
      { response_format: { type: 'regex', pattern: 'a+' } },
      { response_format: { type: 'regex', pattern: 'a+' } },
    ],
    [
      'a schema beside its type',
      { response_format: { type: 'json_schema', schema } },
      { response_format: { type: 'json_schema', json_schema: { name: 'response', schema } } },
    ],
  ])('%s', (_what, fields, sent) => {
    expect(parse(fields)).toEqual({ messages: [user], stream: false, ...sent });
  });

  it('a model has no space at its end', () => {
    expect(parseRequest({ prompt: 'hi', model: 'gpt-4o ' }).model).toBe('gpt-4o');
  });

  it('a whole number of 64 bits goes on exactly', () => {
    const request = parse(parseExactly('{"seed": 9007199254740993}') as object);
    expect(JSON.stringify(request)).toContain('"seed":9007199254740993');
  });
});

describe('tools', () => {
  const f = { type: 'function', function: { name: 'f', parameters: schema } };

  it.each([
    ['flat, as the Responses API has them', { type: 'function', name: 'f', parameters: schema }, f],
    ["in Anthropic's form", { name: 'f', input_schema: schema }, f],
    ['without their type', { function: f.function }, f],
    ['of free text, flat', { type: 'custom', name: 'x' }, { type: 'custom', custom: { name: 'x' } }],
    ["of a provider's own type", { type: 'web_search', max_uses: 3 }, { type: 'web_search', max_uses: 3 }],
    [
      'with a name of 128 letters',
      { type: 'function', function: { name: 'x'.repeat(128) } },
      { type: 'function', function: { name: 'x'.repeat(128) } },
    ],
  ])('%s', (_what, tool, sent) => {
    expect(parse({ tools: [tool] }).tools).toEqual([sent]);
  });

  it('may be more than 128', () => {
    expect(parse({ tools: Array(300).fill(f) }).tools).toHaveLength(300);
  });

  it('of which there are none go no further, nor does the choice among them', () => {
    expect(parse({ tools: [], tool_choice: 'auto', parallel_tool_calls: true })).toEqual({
      messages: [user],
      stream: false,
    });
    expect(parse({ functions: [], function_call: 'auto' })).toEqual({ messages: [user], stream: false });
  });

  it.each([
    ['any', 'required'],
    [{ type: 'any' }, 'required'],
    [{ type: 'auto' }, 'auto'],
    [
      { type: 'tool', name: 'f' },
      { type: 'function', function: { name: 'f' } },
    ],
    [
      { type: 'function', name: 'f' },
      { type: 'function', function: { name: 'f' } },
    ],
    [{ function: { name: 'f' } }, { type: 'function', function: { name: 'f' } }],
    [
      { type: 'custom', name: 'f' },
      { type: 'custom', custom: { name: 'f' } },
    ],
    [{ type: 'web_search' }, { type: 'web_search' }],
  ])('are chosen by %j', (choice, sent) => {
    expect(parse({ tools: [f], tool_choice: choice }).tool_choice).toEqual(sent);
  });
});

describe('messages', () => {
  const sent = (message: object) => parseRequest({ messages: [message] }).request.messages[0];

  it.each(['user', 'assistant', 'system'])('of %s without parts are empty', (role) => {
    expect(sent({ role, content: [] })).toEqual({ role, content: '' });
  });

  it('of a tool may be without parts', () => {
    expect(sent({ role: 'tool', tool_call_id: '1', content: [] })).toMatchObject({ content: '' });
  });

  it('may have parts that only some providers know', () => {
    const content = [{ type: 'video_url', video_url: { url: 'https://x.test/a.mp4' } }];
    expect(sent({ role: 'user', content })).toEqual({ role: 'user', content });
  });

  it.each([
    ['no type', { id: '1', function: { name: 'f', arguments: '{}' } }],
    ['a type of null', { id: '1', type: null, function: { name: 'f', arguments: '{}' } }],
    ['parsed arguments', { id: '1', type: 'function', function: { name: 'f', arguments: {} } }],
    ['no arguments', { id: '1', type: 'function', function: { name: 'f' } }],
  ])('may tell of calls with %s', (_what, call) => {
    expect(sent({ role: 'assistant', content: null, tool_calls: [call] })).toEqual({
      role: 'assistant',
      content: null,
      tool_calls: [{ id: '1', type: 'function', function: { name: 'f', arguments: '{}' } }],
    });
  });

  it('may not tell of calls of nothing', () => {
    const tool_calls = [{ id: '1', type: 'function' }];
    expect(() => sent({ role: 'assistant', content: null, tool_calls })).toThrow(
      '`messages.0.tool_calls.0.function` must be an object, but it is missing.',
    );
  });
});

describe('a body of the Responses API', () => {
  it('is a chat', () => {
    const { model, request } = parseRequest({
      model: 'gpt-5.6-sol',
      instructions: 'be brief',
      input: [
        { role: 'user', content: [{ type: 'input_text', text: 'list files' }] },
        { type: 'reasoning', summary: [] },
        { type: 'function_call', call_id: 'a', name: 'ls', arguments: '{}' },
        { type: 'function_call', call_id: 'b', name: 'pwd', arguments: '{}' },
        { type: 'function_call_output', call_id: 'a', output: 'x.txt' },
        { type: 'function_call_output', call_id: 'b', output: '/' },
      ],
      tools: [{ type: 'function', name: 'ls', parameters: schema }],
      max_output_tokens: 100,
      reasoning: { effort: 'low' },
      text: { format: { type: 'text' }, verbosity: 'low' },
      include: ['reasoning.encrypted_content'],
      store: false,
    });
    const call = (id: string, name: string) => ({
      id,
      type: 'function',
      function: { name, arguments: '{}' },
    });
    expect(model).toBe('gpt-5.6-sol');
    expect(request).toEqual({
      messages: [
        { role: 'system', content: 'be brief' },
        { role: 'user', content: [{ type: 'text', text: 'list files' }] },
        { role: 'assistant', content: null, tool_calls: [call('a', 'ls'), call('b', 'pwd')] },
        { role: 'tool', tool_call_id: 'a', content: 'x.txt' },
        { role: 'tool', tool_call_id: 'b', content: '/' },
      ],
      tools: [{ type: 'function', function: { name: 'ls', parameters: schema } }],
      max_completion_tokens: 100,
      reasoning_effort: 'low',
      response_format: { type: 'text' },
      verbosity: 'low',
      store: false,
      stream: false,
    });
  });

  it('may have a text for its input', () => {
    expect(parseRequest({ input: 'hi' }).request.messages).toEqual([user]);
  });

  it.each([
    [{ input: 5 }, '`input` must be a string or a list of items.'],
    [{ input: [{ type: 'item_reference', id: 'x' }] }, '`input.0.type` must be "message"'],
    [{ input: 'hi', previous_response_id: 'resp_1' }, 'Answers are not stored here'],
  ])('%j is refused', (body, message) => {
    expect(() => parseRequest(body)).toThrow(message);
  });
});

describe('keys and addresses', () => {
  it.each([
    ...['api_key', 'apiKey', 'api-key', 'api_base', 'base_url', 'baseURL', 'api_version', 'openai_api_key'],
    ...['extra_headers', 'aws_secret_access_key', 'vertex_credentials', 'azure_ad_token', 'organization'],
  ])('%s in a body is refused by its name', (field) => {
    expect(() => parse({ [field]: 'sk-secret' })).toThrow(
      expect.objectContaining({
        param: field,
        message: expect.stringMatching(new RegExp(`^\`${field}\` is not taken from a request`)),
      }),
    );
  });
});

describe('a body of odd shape ends at its first mistake', () => {
  const long = <Value>(value: Value) => Array<Value>(500_000).fill(value);

  it.each([
    ['messages', { messages: long(0) }, '`messages` must hold at most 20000 items.'],
    [
      'parts',
      { messages: [{ role: 'user', content: long(0) }] },
      '`messages.0.content` must hold at most 10000 items.',
    ],
    [
      'calls',
      { messages: [{ role: 'assistant', tool_calls: long(0) }] },
      '`messages.0.tool_calls` must hold at most 1000 items.',
    ],
    ['tools', { prompt: 'hi', tools: long(0) }, '`tools` must hold at most 2000 items.'],
    ['stops', { prompt: 'hi', stop: long('x') }, '`stop` must be a string or a list of up to 4 strings.'],
    ['wrong messages', { messages: Array(20_000).fill(0) }, '`messages.0` must be an object; you sent 0.'],
    ['a key without end', { prompt: 'hi', logit_bias: { ['x'.repeat(1_000_000)]: 'a' } }, /^.{0,500}$/],
    [
      'fields',
      { prompt: 'hi', ...Object.fromEntries(Array.from({ length: 400 }, (_, at) => [`f${at}`, 0])) },
      'The body has 401 fields; at most 300 are taken.',
    ],
  ])('%s', (_what, body, message) => {
    expect(() => parseRequest(body)).toThrow(message);
  });
});
