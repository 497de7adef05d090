import { describe, expect, it } from 'vitest';
import { parseRequest } from '../../../src/api/openai-chat/chat-request.ts';
import { Failure } from '../../../src/failures/failure.ts';

const user = { role: 'user', content: 'hi' };

/** What the caller is told of a body, as `param: message`. */
function complaintAbout(body: unknown): string {
  try {
    parseRequest(body);
  } catch (error) {
    expect(error).toBeInstanceOf(Failure);
    const { kind, param, message } = error as Failure;
    expect(kind).toBe('invalid_request');
    return `${param}: ${message}`;
  }
  return 'nothing';
}

const OBJECT = 'undefined: The body must be a JSON object, such as {"prompt": "write hello world in Go"}.';
const NEITHER = 'prompt: Say what you want to know: `prompt` (a string) or `messages` (a list) is required.';
const ROLES =
  '`messages.0.role` must be one of "system", "developer", "user", "assistant", "tool", "function"';
const CONTENT = '`messages.0.content` must be a string or a list of content parts';

describe('a body that says nothing is refused', () => {
  it.each([
    ['null', null, OBJECT],
    ['a list', [user], OBJECT],
    ['a text', 'write hello world', OBJECT],
    ['nothing', undefined, OBJECT],
    ['an empty object', {}, NEITHER],
    ['a model alone', { model: 'gpt-4' }, NEITHER],
    ['an empty prompt', { prompt: '' }, 'prompt: `prompt` must not be empty.'],
    ['a prompt of white space', { prompt: ' \n' }, 'prompt: `prompt` must not be empty.'],
    ['a number for a prompt', { prompt: 5 }, 'prompt: `prompt` must be a string; you sent 5.'],
    ['no messages', { messages: [] }, 'messages: `messages` must hold at least 1 item.'],
    [
      'prompt and messages',
      { prompt: 'hi', messages: [user] },
      'prompt: Send either `prompt` or `messages`, not both.',
    ],
  ])('%s', (_what, body, validationError) => {
    expect(complaintAbout(body)).toBe(validationError);
  });
});

describe('a bad message is refused', () => {
  it.each([
    ['a text', 'hi', 'messages.0: `messages.0` must be an object; you sent "hi".'],
    ['without a role', { content: 'hi' }, `messages.0.role: ${ROLES}, but it is missing.`],
    ['of an unknown role', { role: 'robot', content: 'hi' }, `messages.0.role: ${ROLES}; you sent "robot".`],
    ['without content', { role: 'user' }, `messages.0.content: ${CONTENT}, but it is missing.`],
    [
      'with null for content',
      { role: 'user', content: null },
      `messages.0.content: ${CONTENT}; you sent null.`,
    ],
    [
      'with a number for content',
      { role: 'user', content: 5 },
      `messages.0.content: ${CONTENT}; you sent 5.`,
    ],
    [
      'of a tool that was not called',
      { role: 'tool', content: '5' },
      'messages.0.tool_call_id: `messages.0.tool_call_id` must be a string, but it is missing.',
    ],
    [
      'of a function without a name',
      { role: 'function', content: '5' },
      'messages.0.name: `messages.0.name` must be a string, but it is missing.',
    ],
  ])('%s', (_what, message, validationError) => {
    expect(complaintAbout({ messages: [message] })).toBe(validationError);
  });

  it('the one that is bad is named', () => {
    expect(complaintAbout({ messages: [user, user, { role: 'user' }] })).toContain('messages.2.content');
  });

  it('and what it says does not come back', () => {
    const messages = [{ role: 'user', content: [{ type: 'text', text: 5 }, 'my secret'] }];
    expect(complaintAbout({ messages })).not.toContain('secret');
  });
});

describe('a bad parameter is refused', () => {
  it.each([
    [{ temperature: 'hot' }, '`temperature` must be a number; you sent "hot".'],
    [{ temperature: 2.1 }, '`temperature` must be at most 2; you sent 2.1.'],
    [{ temperature: -1 }, '`temperature` must be at least 0; you sent -1.'],
    [{ top_p: 2 }, '`top_p` must be at most 1; you sent 2.'],
    [{ n: 0 }, '`n` must be at least 1; you sent 0.'],
    [{ n: 1.5 }, '`n` must be a whole number; you sent 1.5.'],
    [{ n: 129 }, '`n` must be at most 128; you sent 129.'],
    [{ stop: ['a', 'b', 'c', 'd', 'e'] }, '`stop` must be a string or a list of up to 4 strings.'],
    [{ stop: 5 }, '`stop` must be a string or a list of up to 4 strings; you sent 5.'],
    [{ max_tokens: 0 }, '`max_tokens` must be at least 1; you sent 0.'],
    [{ max_completion_tokens: '9' }, '`max_completion_tokens` must be a number; you sent "9".'],
    [{ presence_penalty: 3 }, '`presence_penalty` must be at most 2; you sent 3.'],
    [{ frequency_penalty: -3 }, '`frequency_penalty` must be at least -2; you sent -3.'],
    [{ logit_bias: 5 }, '`logit_bias` must be an object; you sent 5.'],
    [{ logprobs: 'x' }, '`logprobs` must be true or false; you sent "x".'],
    [{ logprobs: 21 }, '`logprobs` must be at most 20; you sent 21.'],
    [{ top_logprobs: 21 }, '`top_logprobs` must be at most 20; you sent 21.'],
    [{ seed: 0.5 }, '`seed` must be a whole number; you sent 0.5.'],
    [{ user: 5 }, '`user` must be a string; you sent 5.'],
    [{ model: '' }, '`model` must not be empty; you sent "".'],
    [{ model: 5 }, '`model` must be a string; you sent 5.'],
    [{ stream: 'yes' }, '`stream` must be true or false; you sent "yes".'],
    [{ stream: 1 }, '`stream` must be true or false; you sent 1.'],
    [{ cache: 'no' }, '`cache` must be true or false; you sent "no".'],
    [{ tools: {} }, '`tools` must be a list.'],
    [
      { tool_choice: 'maybe' },
      '`tool_choice` must be "none", "auto", "required" or {"type": "function", "function": {"name": …}}; you sent "maybe".',
    ],
    [{ function_call: 'auto' }, '`function_call` needs `functions` to choose from.'],
    [{ verbosity: 'chatty' }, '`verbosity` must be one of "low", "medium", "high"; you sent "chatty".'],
    [{ parallel_tool_calls: 'x' }, '`parallel_tool_calls` must be true or false; you sent "x".'],
    [{ stream_options: 5 }, '`stream_options` must be an object; you sent 5.'],
  ])('%o', (parameter, message) => {
    const [name] = Object.keys(parameter);
    expect(complaintAbout({ prompt: 'hi', ...parameter })).toBe(`${name}: ${message}`);
  });

  it.each([
    [{ logit_bias: { '50256': 101 } }, '`logit_bias.50256` must be at most 100; you sent 101.'],
    [{ metadata: { a: 1 } }, '`metadata.a` must be a string; you sent 1.'],
    [
      { tools: [{ type: 'function', function: { name: 'a b' } }] },
      '`tools.0.function.name` must be 1 to 128 letters, digits, dots, dashes or underscores; you sent "a b".',
    ],
    [
      { response_format: { type: 'json_schema' } },
      '`response_format.json_schema` must be an object, but it is missing.',
    ],
    [
      { modalities: ['audio'] },
      '`modalities.0` must be "text": this server answers in text only; you sent "audio".',
    ],
    [
      { stream_options: { include_usage: 'x' } },
      '`stream_options.include_usage` must be true or false; you sent "x".',
    ],
  ])('inside: %o', (parameter, message) => {
    expect(complaintAbout({ prompt: 'hi', ...parameter })).toContain(message);
  });

  it('tools beside the older functions are refused', () => {
    const functions = [{ name: 'f' }];
    expect(complaintAbout({ prompt: 'hi', tools: [], functions })).toBe(
      'functions: Send either `tools` or the older `functions`, not both.',
    );
  });
});

describe('a misspelt field', () => {
  it.each([
    ['temprature', 'temperature'],
    ['Temperature', 'temperature'],
    ['max_token', 'max_tokens'],
    ['promt', 'prompt'],
    ['message', 'messages'],
    ['steam', 'stream'],
  ])('%s is refused, with what was meant', (field, meant) => {
    expect(complaintAbout({ prompt: 'hi', [field]: 1 })).toBe(
      `${field}: Unknown field \`${field}\`: did you mean \`${meant}\`?`,
    );
  });

  it.each(['top_k', 'min_p', 'repetition_penalty', 'safety_model', 'thinking', 'guided_regex', 'x'])(
    "%s is a provider's own and goes on",
    (field) => {
      expect(parseRequest({ prompt: 'hi', [field]: 1 }).request).toMatchObject({ [field]: 1 });
    },
  );
});

describe('what OpenAI takes', () => {
  const weather = { name: 'get_weather', parameters: { type: 'object' }, strict: true };
  const parameters = {
    temperature: 0,
    top_p: 0.5,
    n: 2,
    stop: ['a', 'b', 'c', 'd'],
    max_tokens: 10,
    max_completion_tokens: 20,
    presence_penalty: -2,
    frequency_penalty: 2,
    logit_bias: { '50256': -100 },
    logprobs: true,
    top_logprobs: 20,
    seed: -1,
    user: 'u',
    tools: [{ type: 'function', function: weather }],
    tool_choice: { type: 'function', function: { name: 'get_weather' } },
    parallel_tool_calls: false,
    response_format: { type: 'json_schema', json_schema: { name: 'x', schema: {} } },
    reasoning_effort: 'low',
    verbosity: 'high',
    modalities: ['text'],
    metadata: { a: 'b' },
    store: true,
    service_tier: 'flex',
    prediction: { type: 'content', content: 'x' },
    web_search_options: { search_context_size: 'low' },
    safety_identifier: 's',
    prompt_cache_key: 'k',
  };

  it('goes on as it is', () => {
    const messages = [user];
    expect(parseRequest({ messages, ...parameters }).request).toEqual({
      messages,
      stream: false,
      ...parameters,
    });
  });

  it.each(Object.keys(parameters))('%s may be null, which goes no further', (name) => {
    expect(parseRequest({ prompt: 'hi', [name]: null }).request).not.toHaveProperty(name);
  });

  it.each(['model', 'stream', 'cache', 'stream_options'])('%s may be null', (name) => {
    expect(parseRequest({ prompt: 'hi', [name]: null })).toEqual(parseRequest({ prompt: 'hi' }));
  });

  it.each([
    [
      'parts',
      {
        role: 'user',
        content: [
          { type: 'text', text: 'hi' },
          { type: 'image_url', image_url: { url: 'data:,' } },
        ],
      },
    ],
    ['a developer', { role: 'developer', content: 'be brief' }],
    [
      'an assistant that only calls',
      {
        role: 'assistant',
        tool_calls: [{ id: '1', type: 'function', function: { name: 'f', arguments: '{}' } }],
      },
    ],
    ['an assistant without content', { role: 'assistant', content: null }],
    ['an assistant that thought', { role: 'assistant', content: 'hi', reasoning_content: 'hm' }],
    ['a result of a tool', { role: 'tool', tool_call_id: '1', content: '5' }],
    ['a name', { role: 'user', content: 'hi', name: 'Ada' }],
  ])('messages may have %s', (_what, message) => {
    expect(parseRequest({ messages: [message] }).request.messages).toEqual([message]);
  });
});

describe('our own fields', () => {
  it('a prompt is a message of the user', () => {
    expect(parseRequest({ prompt: ' hi\n' }).request.messages).toEqual([{ role: 'user', content: ' hi\n' }]);
  });

  it('the model is a name of ours, and goes no further', () => {
    const { model, request } = parseRequest({ prompt: 'hi', model: 'gpt-4' });
    expect(model).toBe('gpt-4');
    expect(request).not.toHaveProperty('model');
  });

  it.each([
    [true, true],
    ['True', true],
    ['true', true],
    [false, false],
    ['False', false],
    ['false', false],
    [undefined, false],
  ])('stream: %o streams: %o', (stream, streams) => {
    expect(parseRequest({ prompt: 'hi', stream }).request.stream).toBe(streams);
  });

  it('the usage chunk is wanted by those who say so', () => {
    const wants = (options?: object) =>
      parseRequest({ prompt: 'hi', stream_options: options }).wantsUsageChunk;
    expect([wants({ include_usage: true }), wants({ include_usage: false }), wants({}), wants()]).toEqual([
      true,
      false,
      false,
      false,
    ]);
  });

  it('the cache is on unless the caller wants none', () => {
    const cache = (value?: boolean) => parseRequest({ prompt: 'hi', cache: value }).cache;
    expect([cache(), cache(true), cache(false)]).toEqual([true, true, false]);
  });

  it('with tools or functions the cache is off unless the caller wants it', () => {
    const tools = [{ type: 'function', function: { name: 'f' } }];
    const cache = (fields: object) => parseRequest({ prompt: 'hi', ...fields }).cache;
    expect([
      cache({ tools }),
      cache({ functions: [{ name: 'f' }] }),
      cache({ tools, cache: true }),
      cache({ tools: [] }),
    ]).toEqual([false, false, true, true]);
  });
});
