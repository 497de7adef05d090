/** Tool calls as providers really send them, as the strictest client must be able to join them. */
import { describe, expect, it } from 'vitest';
import { openaiCompatible } from '../../../src/providers/openai-compatible.ts';
import { startRawUpstream } from '../../helpers/raw-upstream.ts';
import { failureOf, made, never, question, read, targetAt, toolCalls, whole } from '../support.ts';

async function streamOf(...deltas: object[]) {
  const choices = [
    ...deltas.map((delta) => ({ index: 0, delta })),
    { index: 0, delta: {}, finish_reason: 'stop' },
  ];
  const events = choices.map((choice) => `data: ${JSON.stringify({ id: 'c', choices: [choice] })}\n\n`);
  const upstream = await startRawUpstream({
    headers: { 'content-type': 'text/event-stream' },
    body: `${events.join('')}data: [DONE]\n\n`,
  });
  const target = targetAt(upstream.url, 'vllm');
  const reply = await made(openaiCompatible).send(question({ stream: true }), target, { signal: never() });
  const { chunks, finish, failure } = await read(reply);
  // By hand as the strictest client does: an id and a name for each index, once.
  const pieces = chunks.flatMap(({ choices: [choice] }) => choice?.delta.tool_calls ?? []);
  const heads = pieces.filter((piece) => piece.id);
  return { calls: toolCalls(chunks), heads: heads.map(({ index }) => index), pieces, finish, failure };
}

const calls = (...tool_calls: object[]) => ({ tool_calls });
const piece = (name: string | null, text: unknown, rest: object = {}) => ({
  ...rest,
  function: { name, arguments: text },
});

describe('a stream of two calls', () => {
  it.each([
    [
      'without any index',
      [calls(piece('a', '{"x":1}', { id: 'p' })), calls(piece('b', '{"y":2}', { id: 'q' }))],
    ],
    ['without index and without ids', [calls(piece('a', '{"x":1}')), calls(piece('b', '{"y":2}'))]],
    [
      'which all have index 0',
      [
        calls(piece('a', '{"x":1}', { index: 0, id: 'p' })),
        calls(piece('b', '{"y":2}', { index: 0, id: 'q' })),
      ],
    ],
    [
      'of one id',
      [
        calls(piece('a', '{"x":1}', { index: 0, id: 'p' })),
        calls(piece('b', '{"y":2}', { index: 1, id: 'p' })),
      ],
    ],
    [
      'with arguments as objects and empty ids',
      [calls(piece('a', { x: 1 }, { index: 0, id: '' }), piece('b', { y: 2 }, { index: 1, id: '' }))],
    ],
    [
      'counted from one, in turns',
      [
        calls(piece('a', '{"x"', { index: 1, id: 'p' })),
        calls(piece('b', '{"y"', { index: 2, id: 'q' })),
        calls({ index: 1, function: { arguments: ':1}' } }),
        calls({ index: 2, function: { arguments: ':2}' } }),
      ],
    ],
    [
      'with id and name in each delta',
      [
        calls(piece('a', '{"x"', { index: 0, id: 'p' })),
        calls(piece('a', ':1}', { index: 0, id: 'p' })),
        calls(piece('b', '{"y"', { index: 1, id: 'q' })),
        calls(piece('b', ':2}', { index: 1, id: 'q' })),
      ],
    ],
    [
      'with nothing but null beside what goes on',
      [
        calls(piece('a', '{"x"', { index: 0, id: 'p', type: 'function' })),
        calls(piece(null, ':1}', { index: 0, id: null, type: null })),
        calls({ index: 0, function: null }),
        calls(piece('b', '{"y":2}', { index: 1, id: 'q' }), { index: 1, function: { arguments: null } }),
      ],
    ],
    [
      'whose names come after their ids',
      [
        calls({ index: 0, id: 'p' }),
        calls(piece('a', '{"x":1}', { index: 0 })),
        calls({ index: 1, id: 'q' }),
        calls(piece('b', '{"y":2}', { index: 1 })),
      ],
    ],
  ])('%s', async (_, deltas) => {
    const { calls: joined, heads, pieces, finish, failure } = await streamOf(...deltas);
    expect(failure).toBeUndefined();
    expect(joined.map(({ name, text }) => [name, text])).toEqual([
      ['a', '{"x":1}'],
      ['b', '{"y":2}'],
    ]);
    expect(heads).toEqual([0, 1]);
    expect(new Set(joined.map(({ id }) => id)).size).toBe(2);
    expect(pieces.every(({ function: called }) => typeof called?.arguments === 'string')).toBe(true);
    expect(finish).toBe('tool_calls');
  });
});

it('a stream of the same call twice, whole each time, has two', async () => {
  const twice = calls(piece('a', '{"x":1}', { index: 0 }));
  expect((await streamOf(twice, twice)).calls).toMatchObject([{ name: 'a' }, { name: 'a' }]);
});

it('a streamed call without arguments has those of nothing', async () => {
  const { calls: joined } = await streamOf(calls(piece('a', '', { index: 0, id: 'p' })));
  expect(joined).toEqual([{ id: 'p', name: 'a', text: '{}' }]);
});

it('the old form of a call is the new one, streamed and whole', async () => {
  const { calls: joined, finish } = await streamOf(
    { function_call: { name: 'a', arguments: '{"x"' } },
    { function_call: { arguments: ':1}' } },
  );
  expect(joined).toMatchObject([{ name: 'a', text: '{"x":1}' }]);
  expect(finish).toBe('tool_calls');
  const message = { role: 'assistant', content: null, function_call: { name: 'a', arguments: '{}' } };
  const [choice] = (await wholeOf(message, 'function_call')).choices;
  expect(choice).toMatchObject({
    finish_reason: 'tool_calls',
    message: { tool_calls: [{ type: 'function', function: { name: 'a', arguments: '{}' } }] },
  });
});

it.each([[7], ['x'], [[1]], [[{ function: 'f', index: 0 }]], [{}]])(
  'tool_calls of %j are no answer',
  async (value) => {
    expect((await streamOf({ tool_calls: value })).failure?.facts.malformed).toBe(true);
    const message = { role: 'assistant', content: 'hi', tool_calls: value };
    expect((await failureOf(wholeOf(message))).facts.malformed).toBe(true);
  },
);

it('calls of a whole answer have ids of their own, a type, and arguments as text', async () => {
  const message = {
    content: '',
    tool_calls: [
      { function: { name: 'a', arguments: { x: 1 } } },
      { id: 'p', type: 'function', function: { name: 'a', arguments: '' } },
      { id: 'p', type: 'function', function: { name: 'b', arguments: null } },
    ],
  };
  const [choice] = (await wholeOf(message)).choices;
  const found = choice!.message.tool_calls!;
  expect(found).toMatchObject([
    { type: 'function', function: { name: 'a', arguments: '{"x":1}' } },
    { id: 'p', function: { arguments: '{}' } },
    { function: { name: 'b', arguments: '{}' } },
  ]);
  expect(new Set(found.map(({ id }) => id)).size).toBe(3);
  expect(choice!.finish_reason).toBe('tool_calls');
});

async function wholeOf(message: object, finish = 'stop') {
  const upstream = await startRawUpstream({
    body: JSON.stringify({ choices: [{ index: 0, message, finish_reason: finish }] }),
  });
  const target = targetAt(upstream.url, 'vllm');
  return whole(await made(openaiCompatible).send(question(), target, { signal: never() })).completion;
}

describe('a call', () => {
  const WHOLE = [{ id: 'p', name: 'f', text: '{"city":"Rome"}' }];
  it('whose empty arguments are followed by others has those', async () => {
    const { calls: told } = await streamOf(
      calls(piece('f', '{}', { index: 0, id: 'p' })),
      calls({ index: 0, function: { arguments: '{"city":' } }),
      calls({ index: 0, function: { arguments: '"Rome"}' } }),
    );
    expect(told).toEqual(WHOLE);
  });

  it('of which no more than empty arguments come has those', async () => {
    const { calls: told } = await streamOf(calls(piece('f', '{}', { index: 0, id: 'p' })));
    expect(told).toEqual([{ id: 'p', name: 'f', text: '{}' }]);
  });

  it('two calls without arguments stay two', async () => {
    const { calls: told } = await streamOf(
      calls(piece('f', '{}', { index: 0 })),
      calls(piece('g', '{}', { index: 0 })),
    );
    expect(told.map(({ name }) => name)).toEqual(['f', 'g']);
  });

  it.each([
    ['without its list', { id: 'p', function: { name: 'f', arguments: '{"city":"Rome"}' } }],
    ['with its name beside its id', [{ id: 'p', name: 'f', arguments: { city: 'Rome' } }]],
  ])('%s is one, whole and streamed', async (_how, tool_calls) => {
    expect((await streamOf({ tool_calls })).calls).toEqual(WHOLE);
    const message = { role: 'assistant', content: null, tool_calls };
    const body = JSON.stringify({ choices: [{ index: 0, message, finish_reason: 'stop' }] });
    const upstream = await startRawUpstream({ body });
    const reply = await made(openaiCompatible).send(question(), targetAt(upstream.url, 'vllm'), {
      signal: never(),
    });
    const [call] = whole(reply).completion.choices[0]!.message.tool_calls!;
    expect(call).toEqual({
      id: 'p',
      type: 'function',
      function: { name: 'f', arguments: '{"city":"Rome"}' },
    });
  });

  it('that never came ends no answer', async () => {
    const { finish } = await streamOf({ content: 'hi' }, calls());
    expect(finish).toBe('stop');
  });
});

it.each([false, 0, '', null])('calls that are %j are none', async (tool_calls) => {
  const { calls: told, failure } = await streamOf({ content: 'hi', tool_calls });
  expect({ told, failure }).toEqual({ told: [], failure: undefined });
});
