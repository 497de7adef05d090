/** Together, then OpenAI, then Anthropic: what each failure leads to, for whole answers and for streams. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Environment } from '../../src/config/environment.ts';
import type { Simulator } from '../../src/simulator/simulator.ts';
import { eventually } from '../helpers/eventually.ts';
import { type Answer, attemptsOf, type SimulatedGateway, startGateway } from '../helpers/gateway.ts';
import { impatientWith } from '../helpers/impatience.ts';
import { replyWith } from '../helpers/raw-upstream.ts';
import { startTwoUpstreams } from '../helpers/two-upstreams.ts';

const QUESTION = { prompt: 'write me a function to print hello world' };
/** One try a model. */
const ONCE: Environment = { RETRIES: '0' };

describe.each(['whole', 'streamed'] as const)('%s answers', (form) => {
  const get = (gateway: SimulatedGateway, body: object = QUESTION) =>
    form === 'whole' ? gateway.ask(body) : gateway.stream(body);

  it('come from the first model that can give one, and the headers tell the story', async () => {
    const gateway = await startGateway(ONCE);
    gateway.simulator.always('together', '500');
    gateway.simulator.always('openai', '503');
    const { status, headers, text } = await get(gateway);
    expect(status).toBe(200);
    expect(text).toContain('Hello, World!');
    expect(headers['x-model']).toBe('anthropic/claude-2');
    expect(headers['x-attempts']).toMatch(
      /^together\/togethercomputer\/CodeLlama-34b-Instruct=upstream_unavailable\(500,[\d.]+s\); openai\/gpt-4=upstream_unavailable\(503,[\d.]+s\); anthropic\/claude-2=ok\(200,[\d.]+s\)$/,
    );
    expect(gateway.simulator.calls.map(({ provider }) => provider)).toEqual([
      'together',
      'openai',
      'anthropic',
    ]);
  });

  it.each([
    ['429', 'upstream_rate_limited 429'],
    ['500', 'upstream_unavailable 500'],
    ['502', 'upstream_unavailable 502'],
    ['503', 'upstream_unavailable 503'],
    ['504', 'upstream_unavailable 504'],
    ['529', 'upstream_unavailable 529'],
    ['408', 'upstream_unavailable 408'],
    ['401', 'upstream_unauthorized 401'],
    ['403', 'target_refused 403'],
    ['402', 'upstream_quota 402'],
    ['quota', 'upstream_quota 402'],
    ['bad_key', 'upstream_unauthorized 401'],
    ['html502', 'upstream_unavailable 502'],
    ['html200', 'upstream_malformed malformed'],
    ['not_json', 'upstream_malformed malformed'],
    ['empty_answer', 'upstream_malformed malformed'],
    ['hang', form === 'whole' ? 'upstream_timeout attempt' : 'upstream_timeout first_token'],
    ['stall', form === 'whole' ? 'upstream_timeout attempt' : 'upstream_timeout first_token'],
    ['reset', /^upstream_unavailable (ECONNRESET|UND_ERR_SOCKET)$/],
    ['cut:0', /^upstream_unavailable /],
    ['no_finish:0', /^upstream_(unavailable|malformed) /],
    ['error_event:0', 'upstream_unavailable '],
    ['malformed_event:0', 'upstream_malformed malformed'],
    ['empty', /^upstream_(unavailable|malformed) /],
  ])('do not come from Together while it has %s', async (fault, verdict) => {
    const gateway = await startGateway({ ...ONCE, ...impatientWith('codellama', fault) });
    gateway.simulator.always('together', fault);
    const reply = await get(gateway);
    expect(reply.status).toBe(200);
    expect(reply.text).toContain('line by line.');
    const [first, second] = attemptsOf(reply);
    if (typeof verdict === 'string') expect(first).toContain(`together ${verdict}`);
    else expect(first!.replace('together ', '')).toMatch(verdict);
    expect(second).toBe('openai ok 200');
    expect(gateway.simulator.calls.map(({ provider }) => provider)).toEqual(['together', 'openai']);
  });

  it.each(['quota', 'spend_limit', 'bad_key', '529', 'gone', 'html200', 'stall'])(
    'of the last model, when OpenAI has %s',
    async (fault) => {
      const gateway = await startGateway({ ...ONCE, ...impatientWith('gpt-4', fault) });
      gateway.simulator.always('together', '500');
      gateway.simulator.always('openai', fault);
      const { status, headers } = await get(gateway);
      expect(status).toBe(200);
      expect(headers['x-model']).toBe('anthropic/claude-2');
    },
  );

  it('are tried for again after a 500, with a pause between', async () => {
    const gateway = await startGateway({ RETRIES: '2' });
    gateway.simulator.script('together', '500', '502');
    const reply = await get(gateway);
    expect(attemptsOf(reply)).toEqual([
      'together upstream_unavailable 500',
      'together upstream_unavailable 502',
      'together ok 200',
    ]);
    expect(gateway.simulator.calls).toHaveLength(3);
  });

  it('are tried for RETRIES more times and no more', async () => {
    const gateway = await startGateway({ RETRIES: '1' });
    gateway.simulator.always('together', '500');
    await get(gateway);
    expect(gateway.simulator.callsTo('together')).toHaveLength(2);
    expect(gateway.simulator.callsTo('openai')).toHaveLength(1);
  });

  it('are not asked again of a model that was silent', async () => {
    const gateway = await startGateway({ ...impatientWith('codellama', 'hang'), RETRIES: '2' });
    gateway.simulator.always('together', 'hang');
    await get(gateway);
    expect(gateway.simulator.callsTo('together')).toHaveLength(1);
    await eventually(() => expect(gateway.simulator.callsTo('together')[0]!.aborted).toBe(true));
  });

  it('wait for a short Retry-After and come from the same model', async () => {
    const gateway = await startGateway();
    gateway.simulator.script('together', '429:1');
    const reply = await get(gateway);
    expect(attemptsOf(reply)).toEqual(['together upstream_rate_limited 429', 'together ok 200']);
    expect(gateway.simulator.callsTo('openai')).toHaveLength(0);
  });

  it('do not wait for a long one, and the model cools down', async () => {
    const gateway = await startGateway();
    gateway.simulator.script('together', '429:30');
    const first = await get(gateway);
    expect(attemptsOf(first)).toEqual(['together upstream_rate_limited 429', 'openai ok 200']);
    const second = await get(gateway, { prompt: 'another question' });
    expect(attemptsOf(second)).toEqual(['together cooling', 'openai ok 200']);
    expect(gateway.simulator.callsTo('together')).toHaveLength(1);
  });

  it('come from the successor of a model that is gone, which is remembered', async () => {
    const gateway = await startGateway();
    gateway.simulator.script('together', 'gone');
    const first = await get(gateway);
    expect(attemptsOf(first)).toEqual(['together model_gone 404', 'together ok 200']);
    expect(first.headers['x-model']).toBe('together/zai-org/GLM-5.3');
    const second = await get(gateway, { prompt: 'another question' });
    expect(second.headers['x-attempts']).toMatch(/^together\/zai-org\/GLM-5\.3=ok\([^;]*$/);
    expect(modelsAsked(gateway.simulator)).toEqual([
      'togethercomputer/CodeLlama-34b-Instruct',
      'zai-org/GLM-5.3',
      'zai-org/GLM-5.3',
    ]);
  });

  it('to a prompt that is too long are asked only of a model with a larger window', async () => {
    const gateway = await startGateway();
    gateway.simulator.always('together', 'context_length');
    const reply = await get(gateway);
    expect(attemptsOf(reply)).toEqual(['together context_length_exceeded 422', 'anthropic ok 200']);
    expect(gateway.simulator.callsTo('openai')).toHaveLength(0);
  });
});

it('every retired model of the chain is answered for by its successor', async () => {
  for (const [model, provider, successor] of [
    ['codellama', 'together', 'zai-org/GLM-5.3'],
    ['gpt-4', 'openai', 'gpt-5.6-sol'],
    ['claude-2', 'anthropic', 'claude-sonnet-5-5'],
  ] as const) {
    const { ask, simulator } = await startGateway();
    simulator.script(provider, 'gone');
    // Parameters that the successor does not take must not stop it.
    const { status, headers } = await ask({ ...QUESTION, model, temperature: 0.2, max_tokens: 200 });
    expect([status, headers['x-model']]).toEqual([200, `${provider}/${successor}`]);
  }
});

describe('a provider key without credit or rights', () => {
  it.each([
    ['quota', 'upstream_quota 429'],
    ['bad_key', 'upstream_unauthorized 401'],
  ])('cools down with all its models: %s', async (fault, verdict) => {
    const { ask, simulator } = await startGateway(twoModelsOfOpenAi());
    // The second model's call checks what the first was told of their key.
    simulator.script('openai', fault, fault);
    expect(attemptsOf(await ask(QUESTION))).toEqual([
      `openai ${verdict}`,
      `openai ${verdict}`,
      'anthropic ok 200',
    ]);
    expect(attemptsOf(await ask({ prompt: 'another question' }))).toEqual([
      'openai cooling',
      'openai cooling',
      'anthropic ok 200',
    ]);
    expect(simulator.callsTo('openai')).toHaveLength(2);
  });

  it('cools down for LONG_COOLDOWN, then is tried again', async () => {
    const { ask, simulator } = await startGateway({ LONG_COOLDOWN: '200ms' });
    simulator.script('together', 'quota');
    await ask(QUESTION);
    await new Promise((resolve) => setTimeout(resolve, 250));
    expect(attemptsOf(await ask({ prompt: 'another question' }))).toEqual(['together ok 200']);
  });
});

describe('a model that fails again and again', () => {
  it('rests after ALLOWED_FAILURES in a row', async () => {
    const { ask, simulator } = await startGateway({ RETRIES: '0', ALLOWED_FAILURES: '2', COOLDOWN: '1h' });
    simulator.script('together', '500', '500');
    await ask({ prompt: 'one' });
    await ask({ prompt: 'two' });
    expect(attemptsOf(await ask({ prompt: 'three' }))).toEqual(['together cooling', 'openai ok 200']);
    expect(simulator.callsTo('together')).toHaveLength(2);
  });

  it('and has rested: a single probe goes through', async () => {
    const probed = Promise.withResolvers<void>();
    const fine = replyWith('openai/text.json');
    const down = { status: 500, body: '{}' };
    const { ask, first } = await startTwoUpstreams(
      { first: [down, down, { ...fine, after: probed.promise }, fine], second: [fine] },
      { ALLOWED_FAILURES: '2', COOLDOWN: '1s', CACHE_TTL: '0' },
    );
    const question = { model: 'pair', prompt: 'is it back?' };
    await ask(question);
    await ask(question);
    // Until it has rested, others answer.
    const answers: Promise<Answer>[] = [];
    await eventually(() => {
      answers.push(ask(question));
      expect(first.requests).toHaveLength(3);
    });
    const meanwhile = await ask(question);
    expect(attemptsOf(meanwhile)).toEqual(['openai-compatible cooling', 'openai-compatible ok 200']);
    probed.resolve();
    const alone = (await Promise.all(answers)).filter((answer) => attemptsOf(answer).length === 1);
    expect(alone.map(attemptsOf)).toEqual([['openai-compatible ok 200']]);
    expect(first.requests).toHaveLength(3);
    expect(attemptsOf(await ask(question))).toEqual(['openai-compatible ok 200']);
    expect(first.requests).toHaveLength(4);
  });

  it('is asked all the same by who has no other: requests that break it are felt by their caller alone', async () => {
    const down = { status: 500, body: '{}' };
    const fine = replyWith('openai/text.json');
    const { ask, first } = await startTwoUpstreams(
      { first: [down, down, fine], second: [fine] },
      { ALLOWED_FAILURES: '2', COOLDOWN: '60s', CACHE_TTL: '0' },
    );
    const broken = { model: 'first', prompt: 'what no answer comes to' };
    expect((await ask(broken)).status).toBe(503);
    expect((await ask(broken)).headers['retry-after']).toBe('1');
    const chained = await ask({ model: 'pair', prompt: 'somebody else' });
    expect(attemptsOf(chained)).toEqual(['openai-compatible cooling', 'openai-compatible ok 200']);
    const alone = await ask({ model: 'first', prompt: 'one more' });
    expect(attemptsOf(alone)).toEqual(['openai-compatible ok 200']);
    expect(first.requests).toHaveLength(3);
  });
});

describe("a failure that is the caller's own doing stops at once, with the provider's reason", () => {
  it.each([
    ['codellama', 'together', '400', 'upstream_bad_request', 'messages: Input should be a valid list'],
    [
      'codellama',
      'together',
      'content_filter',
      'content_filtered',
      'The input was flagged by the safety model.',
      'content_filter',
    ],
    [
      'gpt-4',
      'openai',
      '400',
      'upstream_bad_request',
      "Invalid value for 'messages': expected an array of objects.",
      'invalid_value',
    ],
    [
      'gpt-4',
      'openai',
      'content_filter',
      'content_filtered',
      'your prompt was flagged as potentially violating our usage policy',
      'invalid_prompt',
    ],
    ['claude-2', 'anthropic', '400', 'upstream_bad_request', 'messages: Input should be a valid list'],
    [
      'claude-2',
      'anthropic',
      'content_filter',
      'content_filtered',
      'Output blocked by content filtering policy',
    ],
  ] as [string, 'together' | 'openai' | 'anthropic', string, string, string, string?][])(
    '%s: %s %s',
    async (model, provider, fault, kind, reason, code = kind) => {
      const { ask, stream, simulator } = await startGateway();
      simulator.always(provider, fault);
      const { status, body, headers } = await ask({ ...QUESTION, model });
      expect(status).toBe(400);
      expect(body.error).toMatchObject({
        type: 'invalid_request_error',
        code,
        message: expect.stringContaining(reason),
      });
      expect(attemptsOf({ headers })).toEqual([`${provider} ${kind} 400`]);
      const streamed = await stream({ ...QUESTION, model });
      expect([streamed.status, streamed.error]).toEqual([400, body.error]);
      expect(simulator.calls).toHaveLength(2);
    },
  );

  it('no fallback is asked, and nothing cools down', async () => {
    const { ask, simulator } = await startGateway();
    simulator.script('together', '400');
    expect((await ask(QUESTION)).status).toBe(400);
    expect(simulator.calls).toHaveLength(1);
    expect(attemptsOf(await ask(QUESTION))).toEqual(['together ok 200']);
  });

  it('a prompt too long for every model is told as such', async () => {
    const { ask, simulator } = await startGateway();
    simulator.always('together', 'context_length');
    simulator.always('anthropic', 'context_length');
    const { status, body } = await ask(QUESTION);
    expect(status).toBe(400);
    expect(body.error).toMatchObject({
      code: 'context_length_exceeded',
      message: expect.stringContaining('must be <= 16384'),
    });
  });

  it("a prompt too long for the first model is told as such even when the others' failures are their own", async () => {
    const { ask, simulator } = await startGateway(ONCE);
    simulator.always('together', 'context_length');
    simulator.always('anthropic', '500');
    const { status, body } = await ask(QUESTION);
    expect(status).toBe(400);
    expect(body.error.code).toBe('context_length_exceeded');
  });
});

describe('when no model can answer', () => {
  it.each(['whole', 'streamed'])('%s: 503, each attempt by name, and when to come back', async (form) => {
    const { ask, stream, simulator } = await startGateway({ ...ONCE, ROUTE_BUDGET: '15s' });
    simulator.always('together', '429:30');
    simulator.always('openai', '429:20');
    simulator.always('anthropic', '500');
    const reply = form === 'whole' ? await ask(QUESTION) : await stream(QUESTION);
    const error = 'body' in reply ? reply.body.error : reply.error!;
    expect(reply.status).toBe(503);
    expect(reply.headers['content-type']).toMatch(/^application\/json/);
    expect(error).toMatchObject({ type: 'upstream_error', code: 'no_target_available', param: null });
    expect(error.message).toMatch(
      /together\/.*=upstream_rate_limited\(429.*openai\/gpt-4=upstream_rate_limited\(429.*anthropic\/claude-2=upstream_unavailable\(500/,
    );
    expect(Number(reply.headers['retry-after'])).toBeGreaterThanOrEqual(1);
    expect(reply.headers['x-attempts']).toContain('anthropic/claude-2=upstream_unavailable(500');
  });

  it('and all rest, nobody is called and the earliest recovery is told', async () => {
    const { ask, simulator } = await startGateway({ ROUTE_BUDGET: '15s' });
    simulator.always('together', '429:30');
    simulator.always('openai', '429:20');
    simulator.always('anthropic', '429:40');
    await ask(QUESTION);
    const { status, headers } = await ask(QUESTION);
    expect(status).toBe(429);
    expect(attemptsOf({ headers })).toEqual(['together cooling', 'openai cooling', 'anthropic cooling']);
    expect(Number(headers['retry-after'])).toBeGreaterThan(0);
    expect(Number(headers['retry-after'])).toBeLessThanOrEqual(20);
    expect(simulator.calls).toHaveLength(3);
  });

  it('a target that recovers within the route budget is waited for', async () => {
    const { ask, simulator } = await startGateway({ RETRY_AFTER_WAIT: '0', ROUTE_BUDGET: '15s' });
    simulator.script('together', '429:1');
    simulator.always('openai', '429:30');
    simulator.always('anthropic', '429:30');
    const { status, headers } = await ask(QUESTION);
    expect(status).toBe(200);
    expect(headers['x-model']).toMatch(/^together/);
  });

  it('the route budget bounds the whole walk', async () => {
    const { stream, simulator } = await startGateway({ ROUTE_BUDGET: '500ms' });
    for (const provider of ['together', 'openai', 'anthropic'] as const) simulator.always(provider, 'hang');
    const { status, error } = await stream(QUESTION);
    expect(status).toBe(503);
    expect(error!.code).toBe('no_target_available');
  });

  it('because a port is closed, that is told too', async () => {
    const { ask } = await startGateway({ ...ONCE, TOGETHER_BASE_URL: 'http://127.0.0.1:1/v1' });
    const reply = await ask(QUESTION);
    expect(attemptsOf(reply)).toEqual(['together upstream_unavailable ECONNREFUSED', 'openai ok 200']);
  });
});

function twoModelsOfOpenAi(): Environment {
  const file = join(mkdtempSync(join(tmpdir(), 'codellama-')), 'models.yaml');
  writeFileSync(
    file,
    `models:
  fast: { provider: openai, model: gpt-6-luna }
chains:
  default: [gpt-4, fast, claude-2]
`,
  );
  return { CONFIG_FILE: file };
}

function modelsAsked({ calls }: Simulator): string[] {
  return calls.map(({ body }) => (body as { model: string }).model);
}
