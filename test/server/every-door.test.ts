/** What holds at every door, whatever its format: one table of doors, and one of what callers, limits and ledger are owed. */
import { describe, expect, it } from 'vitest';
import { nextAlias } from '../helpers/aliases.ts';
import { eventually } from '../helpers/eventually.ts';
import { type Headers, postJson, startGateway } from '../helpers/gateway.ts';

const ADMIN_KEY = 'the-administrators-own-key';
const ADMIN = { authorization: `Bearer ${ADMIN_KEY}` };
const QUESTION = 'write me a function to print hello world';
const messages = [{ role: 'user', content: QUESTION }];

interface Door {
  readonly path: string;
  readonly model: string;
  readonly body: object;
  /** Its name in receipts. */
  readonly name: string;
  /** How a spent budget is told, where it is not 402. */
  readonly spent?: number;
  /** It does not stream. */
  readonly isWhole?: boolean;
}

const fim = { prompt: 'def add(a, b):\n    ', suffix: '\n\nprint(add(1, 2))', max_tokens: 60 };
const DOORS: Record<string, Door> = {
  chat: { path: '/v1/chat/completions', name: 'chat', model: 'gpt-4', body: { messages } },
  messages: { path: '/v1/messages', name: 'messages', model: 'gpt-4', body: { messages, max_tokens: 200 } },
  responses: {
    path: '/v1/responses',
    name: 'responses',
    model: 'gpt-4',
    body: { input: QUESTION, store: false },
    spent: 429,
  },
  completions: {
    path: '/v1/completions',
    name: 'completions',
    model: 'gpt-3.5-turbo-instruct',
    body: { prompt: QUESTION },
  },
  'completions by a chat': {
    path: '/v1/completions',
    name: 'completions',
    model: 'gpt-4',
    body: { prompt: QUESTION },
  },
  'fill in the middle': {
    path: '/v1/fim/completions',
    name: 'fim',
    model: 'gpt-3.5-turbo-instruct',
    body: fim,
  },
  'fill in the middle by a chat': { path: '/v1/fim/completions', name: 'fim', model: 'gpt-4', body: fim },
  embeddings: {
    path: '/v1/embeddings',
    name: 'embeddings',
    model: 'text-embedding-3-small',
    body: { input: QUESTION },
    isWhole: true,
  },
};

async function open(door: Door, environment = {}) {
  const gateway = await startGateway({ ADMIN_KEY, RETRIES: '0', ...environment });
  const ask = (fields: object = {}, headers: Headers = ADMIN) =>
    postJson(gateway.url + door.path, { model: door.model, ...door.body, ...fields }, headers);
  const keyWith = async (fields: object): Promise<Headers> => {
    const made = await postJson(`${gateway.url}/keys`, { alias: nextAlias(gateway.url), ...fields }, ADMIN);
    expect(made.status).toBe(201);
    return { authorization: `Bearer ${((await made.json()) as { key: string }).key}` };
  };
  const receiptOf = async (response: Response) => {
    const id = response.headers.get('x-request-id');
    return (await fetch(`${gateway.url}/requests/${id}`, { headers: ADMIN })).json() as Promise<{
      cost_usd: number;
      usage: { input: number };
      error: unknown;
    }>;
  };
  return { ...gateway, ask, keyWith, receiptOf };
}

describe.each(Object.entries(DOORS))('%s', (_, door) => {
  it('says who answered, and writes down what that took', async () => {
    const { ask, receiptOf, simulator } = await open(door);
    const response = await ask();
    expect(response.status).toBe(200);
    expect(response.headers.get('x-model')).toBe(`openai/${door.model}`);
    expect(response.headers.get('x-attempts')).toMatch(/^openai\/.*=ok\(200/);
    const receipt = await receiptOf(response);
    expect(receipt).toMatchObject({ door: door.name, provider: 'openai', model: door.model, error: null });
    expect(receipt.usage.input).toBeGreaterThan(0);
    expect(receipt.cost_usd).toBe(Number(response.headers.get('x-cost-usd')));
    expect(receipt.cost_usd).toBeGreaterThan(0);
    expect(simulator.calls).toHaveLength(1);
  });

  it('keys, models and bodies are looked at before anybody is asked', async () => {
    const { ask, keyWith, simulator, url } = await open(door);
    const restricted = await keyWith({ models: ['claude-2'] });
    const asText = (body: string) =>
      fetch(url + door.path, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...ADMIN },
        body,
      });
    const refusals = await Promise.all([
      ask({}, {}),
      ask({}, { authorization: `Bearer sk-cl-${'x'.repeat(43)}` }),
      ask({}, restricted),
      ask({ model: 'no-such-model' }),
      asText('{"model":'),
      asText('[]'),
      asText('"text"'),
      asText('{}'),
    ]);
    expect(refusals.map(({ status }) => status)).toEqual([401, 401, 403, 404, 400, 400, 400, 400]);
    for (const refusal of refusals) {
      const { error } = (await refusal.json()) as { error: { message: string } };
      expect(error.message).toMatch(/\w/);
    }
    expect(simulator.calls).toHaveLength(0);
  });

  it('limits and budgets hold', async () => {
    const { ask, keyWith, simulator } = await open(door, { CACHE_TTL: '0' });
    const limited = await keyWith({ rpm: 1 });
    expect((await ask({}, limited)).headers.get('x-ratelimit-remaining-requests')).toBe('0');
    const over = await ask({}, limited);
    expect(over.status).toBe(429);
    expect(Number(over.headers.get('retry-after'))).toBeGreaterThan(0);
    const poor = await keyWith({ budget_usd: 0.00000001 });
    expect((await ask({}, poor)).status).toBe(door.spent ?? 402);
    expect(simulator.calls).toHaveLength(1);
  });

  it('the same again comes from the cache and costs nothing, unless the caller wants it fresh', async () => {
    const { ask, receiptOf, simulator } = await open(door);
    const verdicts = [];
    const wishes: Headers[] = [{}, {}, { 'cache-control': 'no-cache' }, { 'cache-control': 'no-store' }];
    for (const headers of wishes) {
      const response = await ask({}, { ...ADMIN, ...headers });
      verdicts.push(response.headers.get('x-cache'));
      await response.text();
      if (verdicts.at(-1) === 'hit') expect((await receiptOf(response)).cost_usd).toBe(0);
    }
    expect(verdicts).toEqual(['miss', 'hit', 'bypass', 'bypass']);
    expect(simulator.calls).toHaveLength(3);
  });

  it('a provider that cannot answer is told apart from a caller who asked wrongly', async () => {
    const settings = { CACHE_TTL: '0', COOLDOWN: '0s', RETRY_AFTER_WAIT: '0s' };
    const { ask, simulator } = await open(door, settings);
    simulator.script('openai', '500', 'not_json', '400', 'ok', '429:90');
    const statuses = [];
    for (let time = 0; time < 5; time++) statuses.push((await ask()).status);
    expect(statuses).toEqual([503, 503, 400, 200, 429]);
  });

  it('a caller who leaves ends the call', async () => {
    const { url, simulator } = await open(door);
    simulator.always('openai', 'hang');
    const leave = new AbortController();
    const asked = postJson(url + door.path, { model: door.model, ...door.body }, ADMIN, leave.signal);
    await eventually(() => expect(simulator.calls).toHaveLength(1));
    leave.abort();
    await expect(asked).rejects.toThrow();
    await eventually(() => expect(simulator.calls[0]!.aborted).toBe(true));
  });
});

describe.each(Object.entries(DOORS).filter(([, { isWhole }]) => !isWhole))('%s, streamed', (_, door) => {
  it('has as much text as the whole answer, and one receipt', async () => {
    const { ask, receiptOf, simulator } = await open(door, { CACHE_TTL: '0' });
    const whole = await (await ask()).json();
    const streamed = await ask({ stream: true });
    expect(streamed.headers.get('content-type')).toMatch(/^text\/event-stream/);
    const events = (await streamed.text())
      .split('\n')
      .filter((line) => line.startsWith('data: {'))
      .map((line) => JSON.parse(line.slice(6)));
    expect(events.map(deltaOf).join('')).toBe(textOf(whole));
    expect(await receiptOf(streamed)).toMatchObject({ door: door.name, stream: true, error: null });
    expect(simulator.calls).toHaveLength(2);
  });

  it('a stream that breaks after its first words ends in an error', async () => {
    const { ask, simulator } = await open(door, { CACHE_TTL: '0', COOLDOWN: '0s' });
    simulator.always('openai', 'cut:1');
    const text = await (await ask({ stream: true })).text();
    expect(text).toMatch(/"error"/);
    expect(text).not.toMatch(/\[DONE\]|message_stop|response\.completed/);
  });
});

// biome-ignore lint/suspicious/noExplicitAny: replies of several APIs
type Reply = any;

function textOf(reply: Reply): string {
  const [choice] = reply.choices ?? [];
  return (
    choice?.text ??
    choice?.message?.content ??
    reply.output
      ?.flatMap((item: Reply) => item.content ?? [])
      .map((part: Reply) => part.text)
      .join('') ??
    reply.content.map((block: Reply) => block.text ?? '').join('')
  );
}

function deltaOf(event: Reply): string {
  const [choice] = event.choices ?? [];
  if (choice) return choice.text ?? choice.delta?.content ?? '';
  if (event.type === 'response.output_text.delta') return event.delta;
  return event.type === 'content_block_delta' ? (event.delta.text ?? '') : '';
}
