/** Gemini's API as a door: requests recorded from Gemini CLI, over providers of four strict wires. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { eventsOf } from '../helpers/agent-answers.ts';
import { postJson, startGateway } from '../helpers/gateway.ts';
import { type Json, listOf } from '../helpers/strict/rules.ts';
import { STRICT_TARGETS, strictGateway } from '../helpers/strict-gateway.ts';

const FIXTURES = 'test/fixtures/gemini-cli';
const strict = strictGateway();
const samples = readdirSync(FIXTURES).map((file) => {
  const { headers, body } = JSON.parse(readFileSync(join(FIXTURES, file), 'utf8')) as Record<string, Json>;
  return { name: file.replace('.json', ''), headers: headers as Record<string, string>, body: body! };
});
const HELLO = { contents: [{ role: 'user', parts: [{ text: 'hello' }] }] };
const LONG = `mcp_${'a'.repeat(80)}`;

const post = (target: string, how: string, body: object, headers = {}) =>
  postJson(`${strict.gateway.url}/v1beta/models/over-${target}:${how}`, body, headers);
const partsOf = (reply: Json) => listOf((listOf(reply.candidates)[0]!.content as Json).parts);

describe.each(STRICT_TARGETS)('over %s', (target) => {
  it.each(samples)('$name, whole', async ({ headers, body }) => {
    const response = await post(target, 'generateContent', body, headers);
    const reply = (await response.json()) as Json;
    expect({ reply, wrong: strict.upstream.last?.violations, status: response.status }).toMatchObject({
      status: 200,
      wrong: [],
    });
    const [first] = listOf(listOf(body.tools)[0]?.functionDeclarations);
    const call = partsOf(reply).find(({ functionCall }) => functionCall)?.functionCall as Json | undefined;
    expect(call?.name).toBe(first?.name);
    expect(reply.usageMetadata).toMatchObject({ promptTokenCount: 100, totalTokenCount: 105 });
  });

  it.each(samples)('$name, as events', async ({ headers, body }) => {
    const response = await post(target, 'streamGenerateContent?alt=sse', body, headers);
    const events = eventsOf(await response.text());
    expect({ wrong: strict.upstream.last?.violations, status: response.status }).toEqual({
      status: 200,
      wrong: [],
    });
    const [first] = listOf(listOf(body.tools)[0]?.functionDeclarations);
    const calls = events.flatMap(partsOf).filter(({ functionCall }) => functionCall);
    expect((calls[0]?.functionCall as Json | undefined)?.name).toBe(first?.name);
    expect(events.at(-1)).toMatchObject({
      candidates: [{ finishReason: 'STOP' }],
      usageMetadata: { totalTokenCount: 105 },
    });
  });
});

it('where a list of contents or parts is expected, one may stand alone', async () => {
  const body = {
    system_instruction: { parts: { text: 'Be brief.' } },
    contents: { parts: { text: 'hello' } },
  };
  const response = await post('openai', 'generateContent', body);
  expect({ status: response.status, wrong: strict.upstream.last?.violations }).toEqual({
    status: 200,
    wrong: [],
  });
  expect(JSON.stringify(strict.upstream.last?.body)).toMatch(/Be brief.*hello/);
});

it('results go to their calls by name where there are no ids, and long names come back as they were', async () => {
  const call = (name: string) => ({ functionCall: { name, args: { a: name } } });
  const result = (name: string) => ({ functionResponse: { name, response: { output: `of ${name}` } } });
  const contents = [
    HELLO.contents[0],
    { role: 'model', parts: [{ text: 'thinking', thought: true }, call('one'), call(LONG)] },
    { role: 'user', parts: [result(LONG), result('one')] },
  ];
  const declared = [LONG, 'one'].map((name) => ({
    name,
    parameters: { type: 'OBJECT', properties: { a: { type: 'STRING', nullable: true } }, required: ['a'] },
  }));
  const body = { contents, tools: [{ function_declarations: declared }, { google_search: {} }] };
  const response = await post('openai', 'generateContent', body);
  expect(response.headers.get('x-dropped-params')).toBe('tools (google_search)');
  const reply = (await response.json()) as Json;
  expect(partsOf(reply).at(-1)).toMatchObject({ functionCall: { name: LONG } });
  const { messages, tools } = strict.upstream.last!.body;
  expect(messages).toMatchObject([
    { role: 'user', content: 'hello' },
    { role: 'assistant', tool_calls: [{ id: 'call_1' }, { id: 'call_2' }] },
    { role: 'tool', tool_call_id: 'call_2', content: `of ${LONG}` },
    { role: 'tool', tool_call_id: 'call_1', content: 'of one' },
  ]);
  expect(listOf(tools)[1]).toMatchObject({
    function: {
      name: 'one',
      parameters: { type: 'object', properties: { a: { type: ['string', 'null'] } } },
    },
  });
});

it('settings become those of other wires', async () => {
  const generationConfig = {
    temperature: 0.5,
    topP: 0.9,
    maxOutputTokens: 50,
    stopSequences: ['END'],
    responseMimeType: 'application/json',
    responseSchema: { type: 'OBJECT', properties: { title: { type: 'STRING' } } },
  };
  const system = { parts: [{ text: 'Be brief.' }] };
  await post('openai', 'generateContent', { ...HELLO, systemInstruction: system, generationConfig });
  expect(strict.upstream.last!.body).toMatchObject({
    messages: [
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: 'hello' },
    ],
    temperature: 0.5,
    top_p: 0.9,
    max_tokens: 50,
    stop: ['END'],
    response_format: { type: 'json_schema', json_schema: { schema: { type: 'object' } } },
  });
});

it.each(['generateContent', 'streamGenerateContent?alt=sse'])(
  '%s names what nobody else has',
  async (how) => {
    const generation_config = {
      max_output_tokens: 50,
      speechConfig: {},
      top_k: null,
      mediaResolution: 'LOW',
      response_mime_type: 'text/x.enum',
      thinkingConfig: { thinkingBudget: 0, newer: 1 },
    };
    const toolConfig = { functionCallingConfig: { mode: 'AUTO', newer: 1 }, retrievalConfig: {} };
    const lost = { safetySettings: [], labels: { team: 'a' }, 'not a name': 1, toolConfig };
    const response = await post('anthropic', how, { ...HELLO, ...lost, generation_config });
    const names = [
      ...['safetySettings', 'labels', 'generationConfig.speechConfig', 'generationConfig.mediaResolution'],
      ...['generationConfig.responseMimeType', 'generationConfig.thinkingConfig.newer'],
      ...['toolConfig.retrievalConfig', 'toolConfig.functionCallingConfig.newer'],
    ];
    expect(response.headers.get('x-dropped-params')).toBe(names.join(', '));
    expect(await response.text()).toContain('Well.');
  },
);

it('without `alt=sse` a stream is one list', async () => {
  const response = await post('openai', 'streamGenerateContent', HELLO);
  expect(response.headers.get('content-type')).toMatch(/^application\/json/);
  const pieces = (await response.json()) as Json[];
  expect(
    pieces
      .flatMap(partsOf)
      .map(({ text }) => text)
      .join(''),
  ).toBe('Well.');
});

it.each([
  ['generateContent', 'Well.'],
  ['streamGenerateContent?alt=sse', 'Well.'],
  ['countTokens', 'totalTokens'],
])('newer packages of Google’s ask under /v1: %s', async (how, told) => {
  const response = await postJson(`${strict.gateway.url}/v1/models/over-openai:${how}`, HELLO);
  expect(await response.text()).toContain(told);
  const refused = await postJson(`${strict.gateway.url}/v1/models/over-openai:${how}`, {});
  expect(await refused.json()).toMatchObject({ error: { code: 400, status: 'INVALID_ARGUMENT' } });
});

it('tokens are counted without asking anybody', async () => {
  const before = strict.upstream.last;
  const reply = await (await post('openai', 'countTokens', HELLO)).json();
  expect(reply).toEqual({ totalTokens: expect.any(Number) });
  expect(strict.upstream.last).toBe(before);
});

describe('errors are those of Google, by the key of Google’s clients', () => {
  const ADMIN_KEY = 'the-administrators-own-key';

  it.each([
    [{}, { contents: [] }, 401, 'UNAUTHENTICATED'],
    [{ 'x-goog-api-key': ADMIN_KEY }, { contents: [] }, 400, 'INVALID_ARGUMENT'],
    [{ 'x-goog-api-key': ADMIN_KEY }, HELLO, 200, undefined],
  ])('%#', async (headers, body, code, status) => {
    const { url } = await startGateway({ ADMIN_KEY });
    const response = await postJson(`${url}/v1beta/models/gpt-4:generateContent`, body, headers);
    expect(response.status).toBe(code);
    if (status) expect(await response.json()).toMatchObject({ error: { code, status } });
  });

  it('a budget that is spent stops Gemini CLI, a full minute makes it wait', async () => {
    const admin = { authorization: `Bearer ${ADMIN_KEY}` };
    const { url } = await startGateway({ ADMIN_KEY });
    const ask = async (limits: object) => {
      const made = await postJson(`${url}/keys`, { alias: `web ${Math.random()}`, ...limits }, admin);
      const { key } = (await made.json()) as { key: string };
      const path = `${url}/v1beta/models/gpt-4:generateContent`;
      await postJson(path, HELLO, { 'x-goog-api-key': key });
      return (await postJson(path, HELLO, { 'x-goog-api-key': key })).json();
    };
    expect(await ask({ budget_usd: 0.000001 })).toMatchObject({
      error: { code: 429, details: [{ violations: [{ quotaId: 'BudgetPerDay' }] }] },
    });
    expect(await ask({ rpm: 1 })).toMatchObject({
      error: { code: 429, details: [{ retryDelay: expect.stringMatching(/^\d+s$/) }] },
    });
  });
});
