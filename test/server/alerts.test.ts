/** Alerts of a running server: what happens to its requests, keys and chains arrives at the webhook. */
import { expect, it } from 'vitest';
import type { Environment } from '../../src/config/environment.ts';
import { eventually } from '../helpers/eventually.ts';
import { postJson, startGateway } from '../helpers/gateway.ts';
import { startRawUpstream } from '../helpers/raw-upstream.ts';

const ADMIN_KEY = 'an-admin-key-of-the-tests';

async function watched(environment: Environment = {}) {
  const webhook = await startRawUpstream({ body: 'ok' });
  const gateway = await startGateway({
    RETRIES: '0',
    CACHE_TTL: '0',
    ALLOWED_FAILURES: '1',
    ALERT_WEBHOOK_URL: `${webhook.url}/secret-of-the-webhook`,
    ...environment,
  });
  const untilTold = (alert: object) =>
    eventually(() =>
      expect(webhook.requests.map(({ body }) => body)).toContainEqual(expect.objectContaining(alert)),
    );
  return { gateway, webhook, untilTold };
}

it('a refused key at once, and once for all its failures', async () => {
  const { gateway, webhook, untilTold } = await watched();
  gateway.simulator.always('together', 'bad_key');
  await gateway.ask({ prompt: 'one' });
  await untilTold({ kind: 'provider_key_refused', title: 'together refuses our key', state: 'firing' });
  await gateway.ask({ prompt: 'two' });
  expect(webhook.requests).toHaveLength(1);
  expect(JSON.stringify(gateway.log)).not.toContain('secret-of-the-webhook');
});

it('a chain without a healthy target, and that it has one again', async () => {
  const { gateway, untilTold } = await watched();
  for (const provider of ['together', 'openai', 'anthropic'] as const)
    gateway.simulator.always(provider, '500');
  await gateway.ask({ prompt: 'hello' });
  await untilTold({ kind: 'chain_down', subject: 'default', state: 'firing' });
  await fetch(`${gateway.url}/models/health/openai/gpt-4`, { method: 'DELETE' });
  await untilTold({ kind: 'chain_down', subject: 'default', state: 'resolved' });
});

it('a budget at 80 %', async () => {
  const { gateway, untilTold } = await watched({ ADMIN_KEY });
  const admin = { authorization: `Bearer ${ADMIN_KEY}` };
  gateway.simulator.answer('openai', 'word '.repeat(400));
  const made = await postJson(`${gateway.url}/keys`, { alias: 'web', budget_usd: 0.03 }, admin);
  const { key } = (await made.json()) as { key: string };
  for (let spent = 0, number = 0; spent < 0.024 && number < 5; number++) {
    const { headers } = await gateway.ask(
      { model: 'gpt-4', prompt: `hello ${number}`, max_tokens: 420 },
      { authorization: `Bearer ${key}` },
    );
    spent += Number(headers['x-cost-usd'] ?? 0);
  }
  await untilTold({ kind: 'budget', title: '80 % of the budget of key web is spent' });
});
