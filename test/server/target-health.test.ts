/** What an administrator sees of the models, and how a cooldown is ended by hand. */
import { describe, expect, it } from 'vitest';
import { startGateway } from '../helpers/gateway.ts';

const ADMIN_KEY = 'the-administrators-own-key';
const admin = { authorization: `Bearer ${ADMIN_KEY}` };
const CODELLAMA = 'together/togethercomputer/CodeLlama-34b-Instruct';

const start = () => startGateway({ ADMIN_KEY, CACHE_TTL: '0', RETRIES: '0' });
const states = async (url: string, headers: Record<string, string> = admin) => {
  const reply = await fetch(`${url}/models/health`, { headers });
  const { data } = (await reply.json()) as { data?: { target: string; state: string; because?: string }[] };
  return { status: reply.status, data };
};

describe('GET /models/health', () => {
  it('tells which target is cooling down, why and until when', async () => {
    const { url, ask, simulator } = await start();
    simulator.script('together', '429:30');
    await ask({ prompt: 'hello' }, admin);
    const { data } = await states(url);
    expect(data!.find(({ target }) => target === CODELLAMA)).toMatchObject({
      state: 'cooling',
      because: 'upstream_rate_limited',
      until: expect.stringMatching(/^20\d\d-/),
    });
    expect(data!.find(({ target }) => target === 'openai/gpt-4')).toMatchObject({ state: 'up' });
  });

  it('is for the administrator', async () => {
    const { url } = await start();
    const made = await fetch(`${url}/keys`, {
      method: 'POST',
      headers: { ...admin, 'content-type': 'application/json' },
      body: JSON.stringify({ alias: 'web' }),
    });
    const { key } = (await made.json()) as { key: string };
    expect((await states(url, { authorization: `Bearer ${key}` })).status).toBe(403);
    expect((await states(url, {})).status).toBe(401);
  });
});

describe('DELETE /models/health/{target}', () => {
  const lift = (url: string, target: string) =>
    fetch(`${url}/models/health/${target}`, { method: 'DELETE', headers: admin });

  it('ends a cooldown: the next request asks the model again', async () => {
    const { url, ask, simulator } = await start();
    simulator.script('together', '429:30');
    await ask({ prompt: 'hello' }, admin);
    expect(await (await lift(url, CODELLAMA)).json()).toEqual({ target: CODELLAMA, lifted: true });
    expect((await ask({ prompt: 'hello again' }, admin)).headers['x-model']).toBe(CODELLAMA);
  });

  it('says so where there was none, and where there is no such target', async () => {
    const { url } = await start();
    expect(await (await lift(url, CODELLAMA)).json()).toMatchObject({ lifted: false });
    expect((await lift(url, 'together/nothing')).status).toBe(404);
  });
});
