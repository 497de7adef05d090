/** How good an answer was, said by its caller, arrives at PromptLayer and Langfuse. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { PromptLayerIds } from '../../src/sinks/promptlayer-ids.ts';
import { temporaryFolder } from '../helpers/databases.ts';
import { eventually } from '../helpers/eventually.ts';
import { startGateway } from '../helpers/gateway.ts';
import { type RawReply, startRawUpstream } from '../helpers/raw-upstream.ts';

const ADMIN_KEY = 'an-admin-key-of-the-tests';
const LOGGED: RawReply = { status: 201, body: '{"id":4711,"prompt_version":null}' };
const SCORED: RawReply = { body: '{"success":true}' };

function poster(url: string, key?: string) {
  return async (path: string, body: unknown) => {
    const reply = await fetch(url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(key && { authorization: `Bearer ${key}` }) },
      body: JSON.stringify(body),
    });
    return { status: reply.status, body: (await reply.json()) as Record<string, unknown> };
  };
}

async function withPromptLayer(replies: readonly RawReply[], environment = {}) {
  const promptLayer = await startRawUpstream(...replies);
  const gateway = await startGateway({
    CACHE_TTL: '0',
    PROMPTLAYER_API_KEY: 'key-of-promptlayer',
    PROMPTLAYER_BASE_URL: promptLayer.url,
    ...environment,
  });
  const post = poster(gateway.url);
  const feedback = (id: string | undefined, body: unknown) => post(`/requests/${id}/feedback`, body);
  const scores = () => promptLayer.requests.filter(({ path }) => path === '/library-track-score');
  /** Its package takes its time to load on a busy machine, and a score does not wait for ever. */
  const hasHeard = () => eventually(() => expect(promptLayer.requests).not.toEqual([]));
  return { gateway, promptLayer, feedback, scores, hasHeard };
}

describe('a score for PromptLayer', () => {
  it('goes to the number that PromptLayer gave the request', async () => {
    const { gateway, feedback, scores, hasHeard } = await withPromptLayer([LOGGED, SCORED]);
    const { headers } = await gateway.ask({ prompt: 'hello' });
    const id = headers['x-request-id'];
    await hasHeard();
    expect(await feedback(id, { score: 80 })).toEqual({
      status: 200,
      body: { id, score: 80, name: 'feedback' },
    });
    await eventually(() => expect(scores()).toHaveLength(1));
    expect(scores()[0]!.body).toMatchObject({ request_id: 4711, score: 80, score_name: 'feedback' });
  });

  it('has its own name, and the id may be the caller’s', async () => {
    const { gateway, feedback, scores, hasHeard } = await withPromptLayer([LOGGED, SCORED]);
    await gateway.ask({ prompt: 'hello' }, { 'x-request-id': 'trace-42' });
    await hasHeard();
    expect((await feedback('trace-42', { score: 0, name: 'compiles' })).status).toBe(200);
    await eventually(() => expect(scores()).toHaveLength(1));
    expect(scores()[0]!.body).toMatchObject({ request_id: 4711, score: 0, score_name: 'compiles' });
  });

  it('that cannot be sent is counted and told by the log, and not felt: PromptLayer refused the request', async () => {
    const refused = { status: 401, body: '{"message":"Invalid API key"}' };
    const { gateway, feedback } = await withPromptLayer([refused]);
    const { headers } = await gateway.ask({ prompt: 'hello' });
    expect((await feedback(headers['x-request-id'], { score: 80 })).status).toBe(200);
    await eventually(() =>
      expect(gateway.log).toContainEqual(expect.objectContaining({ sink: 'promptlayer-scores', failed: 1 })),
    );
    expect(JSON.stringify(gateway.log)).not.toContain('key-of-promptlayer');
  });
});

it('a score for Langfuse is a numeric score of the trace', async () => {
  const langfuse = await startRawUpstream({ status: 207, body: '{"successes":[],"errors":[]}' });
  const { ask, url } = await startGateway({
    LANGFUSE_PUBLIC_KEY: 'pk-of-langfuse',
    LANGFUSE_SECRET_KEY: 'sk-of-langfuse',
    LANGFUSE_BASE_URL: langfuse.url,
  });
  const { headers } = await ask({ model: 'gpt-4', prompt: 'hello' });
  await poster(url)(`/requests/${headers['x-request-id']}/feedback`, { score: 55, name: 'helpful' });
  const items = await eventually(() => {
    const all = langfuse.requests.flatMap(
      ({ body }) => (body.batch ?? []) as { type: string; body: object }[],
    );
    expect(all.map(({ type }) => type)).toContain('score-create');
    return all;
  });
  const trace = items.find(({ type }) => type === 'trace-create')!.body as { id: string };
  expect(items.find(({ type }) => type === 'score-create')!.body).toEqual({
    id: `${trace.id}-helpful`,
    traceId: trace.id,
    name: 'helpful',
    value: 55,
    dataType: 'NUMERIC',
  });
});

describe('what cannot be meant is refused, and the field is named', () => {
  it.each([
    [{}, 'score', 'Say how good it was'],
    [{ score: 101 }, 'score', 'must be a whole number from 0 to 100'],
    [{ score: -1 }, 'score', 'must be a whole number from 0 to 100'],
    [{ score: '80' }, 'score', 'must be a whole number from 0 to 100'],
    [{ score: 79.5 }, 'score', 'must be a whole number from 0 to 100'],
    [{ score: 80, name: '' }, 'name', 'must be 1 to 64 letters'],
    [{ score: 80, name: 'a\nb' }, 'name', 'must be 1 to 64 letters'],
    [{ name: 'helpful' }, 'score', 'give a `score`'],
    [{ scor: 80 }, 'scor', 'did you mean `score`?'],
    [{ wrong_answer: false }, 'wrong_answer', 'must be true'],
  ])('%j', async (body, param, message) => {
    const { feedback } = await withPromptLayer([SCORED]);
    expect(await feedback('req_any', body)).toMatchObject({
      status: 400,
      body: { error: { param, message: expect.stringContaining(message) } },
    });
  });

  it('a request that is not there, or was not answered', async () => {
    const { gateway, feedback, scores } = await withPromptLayer([LOGGED, SCORED]);
    const refused = await gateway.ask({ prompt: '' });
    for (const id of ['req_of_nobody', refused.headers['x-request-id']])
      expect((await feedback(id, { score: 80 })).status).toBe(404);
    expect(scores()).toHaveLength(0);
  });

  it('a score where nobody would get it', async () => {
    const { ask, url } = await startGateway();
    const { headers } = await ask({ prompt: 'hello' });
    const { status, body } = await poster(url)(`/requests/${headers['x-request-id']}/feedback`, {
      score: 80,
    });
    expect([status, body]).toMatchObject([400, { error: { param: 'score' } }]);
  });

  it('a wrong answer that was none takes no score along', async () => {
    const environment = { SEMANTIC_CACHE: 'on' };
    const { gateway, feedback, scores, hasHeard } = await withPromptLayer([LOGGED, SCORED], environment);
    const { headers } = await gateway.ask({ prompt: 'hello' });
    await hasHeard();
    expect((await feedback(headers['x-request-id'], { score: 0, wrong_answer: true })).status).toBe(404);
    expect((await feedback(headers['x-request-id'], { score: 10 })).status).toBe(200);
    await eventually(() => expect(scores().map(({ body }) => body.score)).toEqual([10]));
  });
});

it('a key scores what it asked itself, and the administrator everything', async () => {
  const { gateway, scores, hasHeard } = await withPromptLayer([LOGGED, SCORED], { ADMIN_KEY });
  const asAdmin = poster(gateway.url, ADMIN_KEY);
  const keys = await Promise.all(['one', 'other'].map((alias) => asAdmin('/keys', { alias })));
  const [one, other] = keys.map(({ body }) => poster(gateway.url, body.key as string));
  const reply = await fetch(`${gateway.url}/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${keys[0]!.body.key}` },
    body: JSON.stringify({ prompt: 'hello' }),
  });
  await hasHeard();
  const path = `/requests/${reply.headers.get('x-request-id')}/feedback`;
  expect((await other!(path, { score: 1 })).status).toBe(404);
  expect((await one!(path, { score: 2 })).status).toBe(200);
  expect((await asAdmin(path, { score: 3 })).status).toBe(200);
  await eventually(() =>
    expect(
      scores()
        .map(({ body }) => body.score)
        .sort(),
    ).toEqual([2, 3]),
  );
});

it.skipIf(!process.env.TEST_REDIS_URL)(
  'a score finds its call from a server that did not answer it',
  async () => {
    const DATABASE_URL = `sqlite:${join(temporaryFolder(), 'ledger.db')}`;
    const shared = { DATABASE_URL, REDIS_URL: process.env.TEST_REDIS_URL! };
    const { gateway, promptLayer, scores, hasHeard } = await withPromptLayer([LOGGED, SCORED], shared);
    const other = await startGateway({
      ...shared,
      PROMPTLAYER_API_KEY: 'key-of-promptlayer',
      PROMPTLAYER_BASE_URL: promptLayer.url,
    });
    const { headers } = await gateway.ask({ prompt: 'hello' });
    const id = headers['x-request-id'];
    await hasHeard();
    expect((await poster(other.url)(`/requests/${id}/feedback`, { score: 60 })).status).toBe(200);
    await eventually(() => expect(scores()).toHaveLength(1));
    expect(scores()[0]!.body).toMatchObject({ request_id: 4711, score: 60 });
  },
);

/** A Redis as far as it is needed. */
function sharedIds(values = new Map<string, string>()) {
  return {
    values,
    get: async (key: string) => values.get(key) ?? null,
    set: async (key: string, value: string) => values.set(key, value),
    delete: async (key: string) => values.delete(key),
  };
}

describe('the number of a call at PromptLayer', () => {
  it('is known to all processes that share it, late or not, and so is that there is none', async () => {
    const shared = sharedIds();
    const [one, other] = [new PromptLayerIds(shared), new PromptLayerIds(shared)];
    const asked = other.find('late', 10_000);
    one.set('late', 7);
    one.set('refused', undefined);
    expect([await asked, await other.find('refused', 1_000_000)]).toEqual([7, undefined]);
  });

  it('is kept for the newest calls alone', async () => {
    const shared = sharedIds();
    const ids = new PromptLayerIds(shared, 2);
    for (const number of [1, 2, 3]) ids.set(`call-${number}`, number);
    expect([...shared.values.values()]).toEqual(['2', '3']);
  });

  it('is no number of somebody else’s who writes to the same Redis, and no trouble where it is away', async () => {
    const odd = sharedIds(new Map([['cl:promptlayer:odd', '-1; DROP']]));
    expect(await new PromptLayerIds(odd).find('odd', 1_000_000)).toBeUndefined();
    const fail = () => Promise.reject(new Error('away'));
    const away = new PromptLayerIds({ get: fail, set: fail, delete: fail });
    const asked = away.find('call', 10_000);
    away.set('call', 3);
    expect(await asked).toBe(3);
  });

  it('that comes late is waited for, by all who ask', async () => {
    const ids = new PromptLayerIds();
    const asked = [ids.find('call', 10_000), ids.find('call', 10_000)];
    ids.set('other', 1);
    ids.set('call', 2);
    expect(await Promise.all([...asked, ids.find('call', 0)])).toEqual([2, 2, 2]);
  });

  it('is not waited for without end, and not at all where PromptLayer has refused the call', async () => {
    const ids = new PromptLayerIds();
    expect(await ids.find('call', 1)).toBeUndefined();
    ids.set('refused', undefined);
    expect(await ids.find('refused', 1_000_000)).toBeUndefined();
  });
});
