/** The Responses door over OpenAI's own Responses API: what nobody here knows goes through, in both directions. */
import { createParser } from 'eventsource-parser';
import { describe, expect, it } from 'vitest';
import type { Environment } from '../../src/config/environment.ts';
import { postJson, startBareGateway } from '../helpers/gateway.ts';
import { fixture, type RawReply, replyWith, startRawUpstream } from '../helpers/raw-upstream.ts';

const MODEL = 'openai/gpt-5.6-sol';
const READ = { type: 'function', name: 'exec_command', parameters: { type: 'object', properties: {} } };
const QUESTION = { role: 'user', content: 'list the files' };
const ASK = { model: MODEL, store: false, include: ['reasoning.encrypted_content'], input: [QUESTION] };
const TEXT = replyWith('openai-responses/text.json');

type Item = Record<string, unknown>;
type Event = Record<string, unknown> & { type: string };

async function start(replies: readonly RawReply[], environment: Environment = {}) {
  const upstream = await startRawUpstream(...replies);
  const gateway = await startBareGateway({
    OPENAI_API_KEY: 'key-of-openai',
    OPENAI_BASE_URL: upstream.url,
    RETRIES: '0',
    ...environment,
  });
  const ask = (body: object = {}, headers = {}) =>
    postJson(`${gateway.url}/v1/responses`, { ...ASK, ...body }, headers);
  return { ...gateway, upstream, askResponses: ask };
}

function eventsOf(raw: string): Event[] {
  const found: Event[] = [];
  createParser({ onEvent: ({ data }) => void found.push(JSON.parse(data)) }).feed(raw);
  return found;
}

function streamed(...events: readonly object[]): RawReply {
  const body = events
    .map((event) => `event: ${(event as Event).type}\ndata: ${JSON.stringify(event)}\n\n`)
    .join('');
  return { headers: { 'content-type': 'text/event-stream' }, body };
}

describe('the request goes as its caller wrote it', () => {
  it('where all must count, too: nothing is left out here', async () => {
    const { askResponses, upstream } = await start([TEXT]);
    const reply = await askResponses({
      reasoning: { summary: 'auto' },
      max_tool_calls: 3,
      strict_params: true,
    });
    expect(reply.status).toBe(200);
    expect(reply.headers.get('x-dropped-params')).toBeNull();
    expect(upstream.requests[0]!.body).toMatchObject({ reasoning: { summary: 'auto' }, max_tool_calls: 3 });
  });

  it('with the model, and no other field, changed', async () => {
    const { askResponses, upstream } = await start([TEXT]);
    const body = {
      instructions: 'Be brief.',
      tools: [READ, { type: 'web_search' }, { type: 'custom', name: 'exec', format: { type: 'text' } }],
      tool_choice: 'auto',
      parallel_tool_calls: false,
      reasoning: { effort: 'high', summary: 'auto', context: 'all_turns' },
      text: { verbosity: 'low' },
      prompt_cache_key: 'session-1',
      client_metadata: { a: 'b' },
      something_new: { a: [1, null] },
      input: [
        {
          type: 'additional_tools',
          role: 'developer',
          tools: [{ type: 'namespace', name: 'n', tools: [READ] }],
        },
        { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'list the files' }] },
        { type: 'reasoning', id: 'rs_1', summary: [], content: null, encrypted_content: 'gAAAA-of-openai' },
        {
          type: 'custom_tool_call',
          id: 'ctc_1',
          call_id: 'call_1',
          name: 'exec',
          namespace: 'n',
          input: 'ls',
        },
        {
          type: 'custom_tool_call_output',
          call_id: 'call_1',
          output: [{ type: 'input_text', text: 'a.ts' }],
        },
        { type: 'kind_of_2027', of: 'item' },
        { type: 'configuration_update', reasoning: { effort: 'low' } },
      ],
    };
    const response = await askResponses(body, { 'x-openai-internal-codex-responses-lite': 'true' });
    expect(response.status).toBe(200);
    expect(response.headers.get('x-dropped-params')).toBeNull();
    const [sent] = upstream.requests;
    expect(sent!.path).toBe('/v1/responses');
    expect(sent!.headers['x-openai-internal-codex-responses-lite']).toBe('true');
    expect(sent!.headers.authorization).toBe('Bearer key-of-openai');
    expect(sent!.body).toEqual({ ...ASK, ...body, model: 'gpt-5.6-sol', stream: false });
  });

  it('the whole response comes back to the letter', async () => {
    const { askResponses } = await start([TEXT]);
    expect(await (await askResponses()).text()).toBe(String(fixture('openai-responses/text.json')));
  });

  it.each(['text.sse', 'reasoning-tool.sse', 'custom-tool.sse'])(
    'events come back as they came: %s',
    async (name) => {
      const { askResponses, upstream } = await start([
        replyWith(`openai-responses/${name}`, { pieces: 700 }),
      ]);
      const response = await askResponses({ stream: true, tools: [READ] });
      expect(await response.text()).toBe(String(fixture(`openai-responses/${name}`)));
      expect(upstream.requests).toHaveLength(1);
    },
  );

  it('items that OpenAI ran itself go through, too', async () => {
    const search = { id: 'ws_1', type: 'web_search_call', status: 'completed', action: { type: 'search' } };
    const head = { id: 'resp_1', object: 'response', created_at: 1, model: 'm', usage: null };
    const usage = { input_tokens: 3, output_tokens: 2, total_tokens: 5 };
    const reply = streamed(
      {
        type: 'response.created',
        sequence_number: 0,
        response: { ...head, status: 'in_progress', output: [] },
      },
      { type: 'response.output_item.added', sequence_number: 1, output_index: 0, item: search },
      { type: 'response.web_search_call.searching', sequence_number: 2, output_index: 0, item_id: 'ws_1' },
      { type: 'response.output_item.done', sequence_number: 3, output_index: 0, item: search },
      {
        type: 'response.completed',
        sequence_number: 4,
        response: { ...head, status: 'completed', output: [search], usage },
      },
    );
    const { askResponses } = await start([reply]);
    const response = await askResponses({ stream: true, tools: [{ type: 'web_search' }] });
    expect(await response.text()).toBe(reply.body);
  });

  it('what was to be included is a part of the question, and what cannot be kept is asked for again', async () => {
    const plain = JSON.parse(String(fixture('openai-responses/text.json'))) as { output: Item[] };
    const output = plain.output.map((item) =>
      item.type === 'message'
        ? {
            ...item,
            content: (item.content as Item[]).map((part) => ({
              ...part,
              logprobs: [{ token: 'a', logprob: -0.1 }],
            })),
          }
        : item,
    );
    const likely = { body: JSON.stringify({ ...plain, output }) };
    const { askResponses, upstream } = await start([TEXT, likely]);
    await (await askResponses()).text();
    const include = ['message.output_text.logprobs'];
    for (const _ of [1, 2]) expect(await (await askResponses({ include })).text()).toBe(likely.body);
    expect(upstream.requests).toHaveLength(3);
  });

  it('gpt-4o goes over chat completions, as does what the configuration says', async () => {
    const completion = { id: 'c', object: 'chat.completion', created: 1, model: 'm', usage: null };
    const choices = [{ index: 0, message: { role: 'assistant', content: 'ok' }, finish_reason: 'stop' }];
    const reply = { body: JSON.stringify({ ...completion, choices }) };
    const { askResponses, upstream } = await start([reply]);
    expect((await askResponses({ model: 'openai/gpt-4o' })).status).toBe(200);
    expect(upstream.requests[0]!.path).toBe('/v1/chat/completions');
  });
});

describe('reasoning that is encrypted', () => {
  it.each([true, false])('comes back in the second turn as it was (stream: %s)', async (stream) => {
    const whole = eventsOf(String(fixture('openai-responses/reasoning-tool.sse'))).at(-1)!.response as Item;
    const first = stream ? replyWith('openai-responses/reasoning-tool.sse') : { body: JSON.stringify(whole) };
    const { askResponses, upstream } = await start([first, TEXT]);
    const response = await askResponses({ stream, tools: [READ] });
    const text = await response.text();
    const { output } = (stream ? eventsOf(text).at(-1)!.response : JSON.parse(text)) as { output: Item[] };
    expect(output[0]).toMatchObject({ type: 'reasoning', encrypted_content: 'Z0FBQUFfake==' });
    const result = { type: 'function_call_output', call_id: output[1]!.call_id, output: 'a.ts' };
    const input = [QUESTION, ...output, result];
    expect((await askResponses({ input, tools: [READ] })).status).toBe(200);
    expect(upstream.requests[1]!.body.input).toEqual(input);
  });

  const ANSWER = { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'yes' }] };

  it('of another provider it is left out and named', async () => {
    const { askResponses, upstream } = await start([TEXT]);
    const details = [{ type: 'reasoning.text', text: 'hm', signature: 's', format: 'anthropic-claude-v1' }];
    const envelope = `codellama-1.${Buffer.from(JSON.stringify(details)).toString('base64url')}`;
    const foreign = { type: 'reasoning', id: 'rs_1', summary: [], encrypted_content: envelope };
    const plain = { type: 'reasoning', id: 'rs_2', summary: [{ type: 'summary_text', text: 'hm' }] };
    const response = await askResponses({
      input: [QUESTION, foreign, { ...ANSWER, id: 'msg_1' }, plain, QUESTION],
    });
    expect(response.status).toBe(200);
    expect(response.headers.get('x-dropped-params')).toBe('input (reasoning)');
    expect(upstream.requests[0]!.body.input).toEqual([QUESTION, ANSWER, QUESTION]);
  });

  it('ids that OpenAI would refuse are put right, alike in a call and its result', async () => {
    const { askResponses, upstream } = await start([TEXT]);
    const long = 'functions.exec_command:'.repeat(4);
    const call = { type: 'function_call', name: 'exec_command', arguments: '{}' };
    const result = { type: 'function_call_output', output: 'a.ts' };
    const input = [
      QUESTION,
      { ...call, id: 'fc_1', call_id: long },
      { ...result, call_id: long },
      { ...call, id: 'call_2' },
      { ...result, id: 'call_2' },
    ];
    expect((await askResponses({ input })).status).toBe(200);
    const [, first, its, second, other] = upstream.requests[0]!.body.input as Item[];
    expect(first!.call_id).toBe(its!.call_id);
    expect(String(first!.call_id).length).toBeLessThanOrEqual(64);
    expect([second, other]).toEqual([
      { ...call, call_id: 'call_2' },
      { ...result, call_id: 'call_2' },
    ]);
  });

  it('that OpenAI cannot read is left out in the same call', async () => {
    const error = {
      message: 'The encrypted content gAAA… could not be verified.',
      type: 'invalid_request_error',
      code: 'invalid_encrypted_content',
      param: null,
    };
    const { askResponses, upstream } = await start([{ status: 400, body: JSON.stringify({ error }) }, TEXT]);
    const foreign = {
      type: 'reasoning',
      id: 'rs_1',
      summary: [],
      encrypted_content: 'gAAAA-of-another-organisation',
    };
    const response = await askResponses({ input: [QUESTION, foreign, ANSWER, QUESTION] });
    expect(response.status).toBe(200);
    expect(response.headers.get('x-dropped-params')).toBe('input (reasoning)');
    expect(upstream.requests.map(({ body }) => (body.input as Item[]).length)).toEqual([4, 3]);
  });

  it('is given to who would have OpenAI store it, and a reference brings it back', async () => {
    const whole = eventsOf(String(fixture('openai-responses/reasoning-tool.sse'))).at(-1)!.response as Item;
    const { askResponses, upstream } = await start([{ body: JSON.stringify(whole) }, TEXT]);
    const stored = await askResponses({ store: true, include: undefined, tools: [READ] });
    expect(stored.headers.get('x-dropped-params')).toBe('store');
    const { output } = (await stored.json()) as { output: Item[] };
    const references = output.map(({ id }) => ({ type: 'item_reference', id }));
    const result = { type: 'function_call_output', call_id: output[1]!.call_id, output: 'a.ts' };
    await askResponses({ store: undefined, input: [QUESTION, ...references, result] });
    const [first, second] = upstream.requests;
    expect(first!.body).toMatchObject({ store: false, include: ['reasoning.encrypted_content'] });
    expect(second!.body).toMatchObject({ store: false, input: [QUESTION, ...output, result] });
  });
});

describe('what is ours', () => {
  it('the guardrail stands before the caller’s instructions, and no reply repeats it', async () => {
    const whole = JSON.parse(String(fixture('openai-responses/text.json'))) as Item;
    const reply = { body: JSON.stringify({ ...whole, instructions: 'Guard.\n\nBe brief.' }) };
    const { askResponses, upstream } = await start([reply], {
      GUARDRAIL_PROMPT: 'Guard.',
      GUARDRAIL_DOORS: 'all',
    });
    const response = await askResponses({ instructions: 'Be brief.' });
    expect(((await response.json()) as Item).instructions).toBe('Be brief.');
    expect(upstream.requests[0]!.body).toMatchObject({
      instructions: 'Guard.\n\nBe brief.',
      input: [QUESTION],
    });
  });

  it('a key of ours in an answer is not told', async () => {
    const sse = String(fixture('openai-responses/text.sse')).replace(
      'Done: the fo',
      'Done: key-of-openai the fo',
    );
    const { askResponses } = await start([{ body: sse, headers: { 'content-type': 'text/event-stream' } }]);
    const text = await (await askResponses({ stream: true })).text();
    expect(text).not.toContain('key-of-openai');
    expect(eventsOf(text).at(-1)!.type).toBe('response.completed');
  });

  it('a count of tokens is there in any case', async () => {
    const whole = JSON.parse(String(fixture('openai-responses/text.json'))) as Item;
    const { askResponses } = await start([{ body: JSON.stringify({ ...whole, usage: null }) }]);
    const { usage } = (await (await askResponses()).json()) as { usage: Item };
    expect(usage.total_tokens).toBeGreaterThan(0);
  });
});

describe('a stream that breaks', () => {
  const events = String(fixture('openai-responses/text.sse')).split('\n\n').slice(0, -2);
  const cutAfter = (count: number): RawReply => ({
    body: `${events.slice(0, count).join('\n\n')}\n\n`,
    headers: { 'content-type': 'text/event-stream' },
  });

  it('without its end has failed', async () => {
    const { askResponses } = await start([cutAfter(7)]);
    const told = eventsOf(await (await askResponses({ stream: true })).text());
    expect(told.map(({ sequence_number: number }) => number)).toEqual(told.map((_, index) => index));
    expect(told.at(-1)).toMatchObject({
      type: 'response.failed',
      response: { error: { code: 'server_error' } },
    });
  });
});
