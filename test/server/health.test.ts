/** Readiness: whether a load balancer should send calls here, and the administrator's view of every part. */
import supertest from 'supertest';
import { describe, expect, it } from 'vitest';
import { startGateway } from '../helpers/gateway.ts';

const QUICK = { RETRIES: '0', CACHE_TTL: '0', ALLOWED_FAILURES: '1' };
const ADMIN_KEY = 'an-admin-key-of-the-tests';

/** A gateway all of whose providers fail from now on. */
async function afterAnOutage({ hasAnswered }: { hasAnswered: boolean }) {
  const gateway = await startGateway(QUICK);
  if (hasAnswered) await gateway.ask({ prompt: 'hello' });
  for (const provider of ['together', 'openai', 'anthropic'] as const)
    gateway.simulator.always(provider, '500');
  await gateway.ask({ prompt: 'hello' });
  return gateway;
}

describe('when every provider is down', () => {
  it('a process that has had answers stays in service, and says that it is degraded', async () => {
    const { url } = await afterAnOutage({ hasAnswered: true });
    const problem = 'every model is cooling down after failures of its provider';
    await supertest(url).get('/health/ready').expect(200, { status: 'degraded', problem });
    await supertest(url).get('/health/ready?strict').expect(503, { status: 'degraded', problem });
    await supertest(url).get('/health/live').expect(200);
  });

  it('a process that never had an answer is not ready, so that a rollout stops at it', async () => {
    const { url } = await afterAnOutage({ hasAnswered: false });
    const { body } = await supertest(url).get('/health/ready').expect(503);
    expect(body).toEqual({
      status: 'not ready',
      problem: 'no provider has answered yet, and every model is cooling down after failures',
    });
  });
});

it('it is ready again as soon as one provider may be called', async () => {
  const { url } = await afterAnOutage({ hasAnswered: false });
  await supertest(url).delete('/models/health/openai/gpt-4').expect(200);
  await supertest(url).get('/health/ready').expect(200, { status: 'ready' });
});

describe('the detail', () => {
  it('in open mode comes by ?verbose: database, ledger, providers, chains', async () => {
    const gateway = await startGateway(QUICK);
    gateway.simulator.always('together', '500');
    await gateway.ask({ prompt: 'hello' });
    const { body } = await supertest(gateway.url).get('/health/ready?verbose').expect(200);
    expect(body).toMatchObject({
      status: 'ready',
      version: expect.stringMatching(/^\d/),
      in_flight: 0,
      database: { kind: 'sqlite', status: 'ok', answered_in_ms: expect.any(Number) },
      ledger: { status: 'ok' },
      providers: {
        // Nothing of it can be called; its model's successor is not asked before that is gone.
        together: { status: 'down', targets: 1, usable: 0, because: ['upstream_unavailable'] },
        openai: { status: 'ok' },
      },
      chains: {
        default: { status: 'degraded', usable: ['openai/gpt-4', 'anthropic/claude-2'] },
        codellama: { status: 'down', usable: [], recovers_in_ms: expect.any(Number) },
      },
    });
  });

  it('counts a model that is gone by the successor that answers in its place', async () => {
    const gateway = await startGateway(QUICK);
    gateway.simulator.script('together', 'gone');
    await gateway.ask({ prompt: 'hello' });
    const { body } = await supertest(gateway.url).get('/health/ready?verbose').expect(200);
    expect(body).toMatchObject({
      providers: { together: { status: 'ok', targets: 1, usable: 1 } },
      chains: { default: { status: 'ok' } },
    });
  });

  it('else with the admin key and nothing less', async () => {
    const { url } = await startGateway({ ADMIN_KEY });
    const ready = (key: string) =>
      supertest(url).get('/health/ready?verbose').set('authorization', `Bearer ${key}`).expect(200);
    expect((await ready(ADMIN_KEY)).body).toHaveProperty('chains');
    expect((await ready('a-key-somebody-guessed')).body).toEqual({ status: 'ready' });
    await supertest(url).get('/health/ready?verbose').expect(200, { status: 'ready' });
  });

  it.runIf(process.env.TEST_REDIS_URL)('says that Redis is there, or why not', async () => {
    const { url } = await startGateway({ REDIS_URL: process.env.TEST_REDIS_URL });
    expect((await supertest(url).get('/health/ready?verbose')).body.redis).toMatchObject({ status: 'ok' });
    const away = await startGateway({ REDIS_URL: 'redis://127.0.0.1:1' });
    const { body } = await supertest(away.url).get('/health/ready?verbose').expect(200);
    expect(body.redis).toMatchObject({ kind: 'redis', status: 'down', problem: expect.any(String) });
  });
});
