/** `GET /metrics`: what Prometheus reads, for whom, and that callers cannot make it grow. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { startSimulator } from '../../src/simulator/simulator.ts';
import { temporaryFolder } from '../helpers/databases.ts';
import { eventually } from '../helpers/eventually.ts';
import { pointedAt, postJson, type RunningGateway, startGateway } from '../helpers/gateway.ts';
import { startProcess } from '../helpers/process.ts';
import { parsePrometheusText, sumOf, valueIn } from '../helpers/prometheus-text.ts';

const ADMIN_KEY = 'an-admin-key-of-the-tests';
const METRICS_TOKEN = 'a-token-of-the-scraper';
const QUICK = { RETRIES: '0', CACHE_TTL: '0', GUARDRAIL_PROMPT: 'off' };
const GPT_4 = { provider: 'openai', model: 'gpt-4' };

async function scrape(url: string, headers: Record<string, string> = {}) {
  // A connection that was on its way to a worker that is killed gets no answer from anybody.
  const response = await fetch(`${url}/metrics`, { headers });
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
  return parsePrometheusText(await response.text());
}

/** Scrapes again and again until so many requests have ended. */
async function scrapeAfter(requests: number, { url }: RunningGateway) {
  return eventually(async () => {
    const metrics = await scrape(url);
    expect(sumOf(metrics, 'codellama_requests_total')).toBe(requests);
    return metrics;
  });
}

describe('requests', () => {
  it('are counted by door, provider, model, status and cache, with tokens, cost and attempts', async () => {
    const gateway = await startGateway({ RETRIES: '0', GUARDRAIL_PROMPT: 'off' });
    gateway.simulator.answer('openai', 'one two three');
    const first = await gateway.ask({ model: 'gpt-4', prompt: 'hello world' });
    await gateway.ask({ model: 'gpt-4', prompt: 'hello world' });
    const metrics = await scrapeAfter(2, gateway);
    const labels = { door: 'chat', ...GPT_4, status: '200' };
    expect(valueIn(metrics, 'codellama_requests_total', { ...labels, cache: 'miss' })).toBe(1);
    expect(valueIn(metrics, 'codellama_requests_total', { ...labels, cache: 'hit' })).toBe(1);
    // The second answer came from the cache: no attempt, no tokens, no cost.
    expect(valueIn(metrics, 'codellama_attempts_total', { ...GPT_4, kind: 'ok' })).toBe(1);
    expect(valueIn(metrics, 'codellama_tokens_total', { ...GPT_4, class: 'output' })).toBe(3);
    expect(valueIn(metrics, 'codellama_cost_usd_total', GPT_4)).toBe(Number(first.headers['x-cost-usd']));
    expect(sumOf(metrics, 'codellama_request_duration_seconds_count', { door: 'chat' })).toBe(2);
    expect(valueIn(metrics, 'codellama_cache_entries')).toBe(1);
    expect(valueIn(metrics, 'codellama_cache_bytes')).toBeGreaterThan(0);
  });

  it('that fail are counted by kind, attempt by attempt, with the cooldowns that follow', async () => {
    const gateway = await startGateway({ ...QUICK, ALLOWED_FAILURES: '1' });
    gateway.simulator.script('together', '500');
    await gateway.ask({ prompt: 'a fallback' });
    await gateway.ask({ prompt: '' });
    const metrics = await scrapeAfter(2, gateway);
    const failed = { provider: 'together', kind: 'upstream_unavailable' };
    expect(valueIn(metrics, 'codellama_attempts_total', failed)).toBe(1);
    expect(valueIn(metrics, 'codellama_attempts_total', { ...GPT_4, kind: 'ok' })).toBe(1);
    expect(valueIn(metrics, 'codellama_request_failures_total', { kind: 'invalid_request' })).toBe(1);
    expect(valueIn(metrics, 'codellama_requests_total', { door: 'chat', status: '400' })).toBe(1);
    expect(valueIn(metrics, 'codellama_cooldowns_total', failed)).toBe(1);
    expect(sumOf(metrics, 'codellama_target_up', { provider: 'together' })).toBe(1);
    expect(valueIn(metrics, 'codellama_target_cooldown_remaining_seconds', failed)).toBeGreaterThan(0);
    expect(valueIn(metrics, 'codellama_chain_targets', { chain: 'default' })).toBe(3);
    expect(valueIn(metrics, 'codellama_chain_usable_targets', { chain: 'default' })).toBe(2);
  });

  it('that stream have the time to the first token and that of each further one', async () => {
    const gateway = await startGateway(QUICK, { firstTokenMs: 60, tokenMs: 5 });
    await gateway.stream({ model: 'gpt-4', prompt: 'hello' });
    const metrics = await scrapeAfter(1, gateway);
    expect(valueIn(metrics, 'codellama_time_to_first_token_seconds_count', GPT_4)).toBe(1);
    expect(valueIn(metrics, 'codellama_time_to_first_token_seconds_bucket', { ...GPT_4, le: '0.05' })).toBe(
      0,
    );
    const perToken = valueIn(metrics, 'codellama_time_per_output_token_seconds_sum', GPT_4);
    expect(perToken).toBeGreaterThan(0.001);
    expect(perToken).toBeLessThan(sumOf(metrics, 'codellama_request_duration_seconds_sum', { door: 'chat' }));
  });

  it('in flight are seen while they run, with what they hold of budgets', async () => {
    const gateway = await startGateway({ ...QUICK, ADMIN_KEY });
    gateway.simulator.always('openai', 'hang');
    const admin = { authorization: `Bearer ${ADMIN_KEY}` };
    const made = await postJson(`${gateway.url}/keys`, { alias: 'web', budget_usd: 1 }, admin);
    const { key } = (await made.json()) as { key: string };
    const hangUp = new AbortController();
    const bearer = { authorization: `Bearer ${key}` };
    const left = gateway.post({ model: 'gpt-4', prompt: 'hello' }, bearer, hangUp.signal).catch(() => {});
    await eventually(async () => {
      const metrics = await scrape(gateway.url, admin);
      expect(valueIn(metrics, 'codellama_requests_in_flight')).toBe(1);
      expect(valueIn(metrics, 'codellama_held_usd')).toBeGreaterThan(0);
    });
    hangUp.abort();
    await left;
    await eventually(async () => {
      const metrics = await scrape(gateway.url, admin);
      expect(valueIn(metrics, 'codellama_requests_in_flight')).toBe(0);
      expect(valueIn(metrics, 'codellama_held_usd')).toBe(0);
    });
  });
});

it('models that a caller makes up have no series of their own', async () => {
  const gateway = await startGateway(QUICK);
  gateway.simulator.always('openai', 'gone');
  for (const number of [1, 2, 3]) await gateway.ask({ model: `openai/made-up-${number}`, prompt: 'hello' });
  const metrics = await scrapeAfter(3, gateway);
  expect(valueIn(metrics, 'codellama_attempts_total', { provider: 'openai', model: 'other' })).toBe(3);
  const labels = [...metrics.values()].flatMap(({ samples }) => samples.map(({ labels }) => labels));
  expect(JSON.stringify(labels)).not.toContain('made-up');
});

it('sinks, the process and the event loop are measured, under names of ours', async () => {
  const { url } = await startGateway(QUICK);
  const metrics = await scrape(url);
  expect(valueIn(metrics, 'codellama_sink_queue_events', { sink: 'console' })).toBe(0);
  expect(valueIn(metrics, 'codellama_process_resident_memory_bytes')).toBeGreaterThan(1e7);
  expect(metrics.has('codellama_nodejs_eventloop_lag_p99_seconds')).toBe(true);
  expect([...metrics.keys()].filter((name) => !name.startsWith('codellama_'))).toEqual([]);
});

describe('who may read them', () => {
  const status = async (url: string, key?: string) =>
    (await fetch(`${url}/metrics`, key === undefined ? {} : { headers: { authorization: `Bearer ${key}` } }))
      .status;

  it('with an admin key: who has it, or the token of the scraper, which is good for nothing else', async () => {
    const { url } = await startGateway({ ADMIN_KEY, METRICS_TOKEN });
    expect(await status(url)).toBe(401);
    expect(await status(url, 'a-key-somebody-guessed')).toBe(401);
    expect(await status(url, ADMIN_KEY)).toBe(200);
    expect(await status(url, METRICS_TOKEN)).toBe(200);
    const models = await fetch(`${url}/v1/models`, { headers: { 'x-api-key': METRICS_TOKEN } });
    expect(models.status).toBe(401);
  });

  it('a caller’s key is not enough', async () => {
    const { url } = await startGateway({ ADMIN_KEY });
    const admin = { authorization: `Bearer ${ADMIN_KEY}` };
    const { key } = (await (await postJson(`${url}/keys`, { alias: 'web' }, admin)).json()) as {
      key: string;
    };
    expect(await status(url, key)).toBe(403);
  });

  it('where anyone may call: only who has the token', async () => {
    const { url } = await startGateway({ ALLOW_ANONYMOUS: 'true', METRICS_TOKEN });
    expect(await status(url)).toBe(403);
    expect(await status(url, METRICS_TOKEN)).toBe(200);
  });

  it('nobody, where they are switched off', async () => {
    const { url } = await startGateway({ METRICS: 'false' });
    expect(await status(url)).toBe(404);
  });
});

it.runIf(process.env.TEST_REDIS_URL)(
  'with several workers they are those of all, and do not fall when a worker ends',
  async () => {
    const simulator = await startSimulator();
    const { url, pid } = await startProcess({
      ...pointedAt(simulator),
      ...QUICK,
      WORKERS: '2',
      REDIS_URL: process.env.TEST_REDIS_URL,
      DATABASE_URL: `sqlite:${join(temporaryFolder(), 'ledger.db')}`,
    });
    // A connection each, so that both workers get some.
    const ask = () =>
      postJson(`${url}/chat/completions`, { prompt: 'hello' }, { connection: 'close' }).then((reply) =>
        reply.text(),
      );
    await Promise.all(Array.from({ length: 20 }, ask));
    const untilThereAre = (requests: number) =>
      eventually(async () => {
        const metrics = await scrape(url, { connection: 'close' });
        expect(sumOf(metrics, 'codellama_requests_total', { status: '200' })).toBe(requests);
        expect(valueIn(metrics, 'codellama_workers')).toBe(2);
      });
    await untilThereAre(20);

    const { readFile } = await import('node:fs/promises');
    const children = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8');
    process.kill(Number(children.split(' ')[0]), 'SIGKILL');
    await untilThereAre(20);
    await ask();
    await untilThereAre(21);
  },
);
