/** Who gets the guardrail prompt: a key says more than its chain, and a chain more than the door. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { postJson, type SimulatedGateway, startGateway } from '../helpers/gateway.ts';

const ADMIN_KEY = 'the-administrators-own-key';
const GUARDRAIL_PROMPT = 'Only code.';
const CHAINS = `chains:
  default: [gpt-4]
  free: { models: [gpt-4], guardrail: off }
  strict: { models: [gpt-4], guardrail: always }
`;

async function start(): Promise<SimulatedGateway> {
  const file = join(mkdtempSync(join(tmpdir(), 'codellama-')), 'codellama.yaml');
  writeFileSync(file, CHAINS);
  return startGateway({ ADMIN_KEY, GUARDRAIL_PROMPT, CONFIG_FILE: file, CACHE_TTL: '0' });
}

const bearer = (key: string) => ({ authorization: `Bearer ${key}` });

/** @returns whether the provider was sent the prompt */
async function isGuarded(
  gateway: SimulatedGateway,
  path: string,
  model: string,
  key: string,
): Promise<boolean> {
  const body = { model, max_tokens: 10, messages: [{ role: 'user', content: 'hello world' }] };
  const reply = await postJson(gateway.url + path, body, bearer(key));
  expect(reply.status).toBe(200);
  await reply.arrayBuffer();
  return JSON.stringify(gateway.simulator.calls.at(-1)!.body).includes(GUARDRAIL_PROMPT);
}

async function makeKey(gateway: SimulatedGateway, guardrail: string | undefined): Promise<string> {
  const fields = { alias: `key-${guardrail}`, guardrail };
  const reply = await postJson(`${gateway.url}/keys`, fields, bearer(ADMIN_KEY));
  expect(reply.status).toBe(201);
  const made = (await reply.json()) as { key: string; guardrail: string };
  expect(made.guardrail).toBe(guardrail ?? 'default');
  return made.key;
}

it('by door, chain and key', async () => {
  const gateway = await start();
  const [usual, always, off] = await Promise.all(
    [undefined, 'always', 'off'].map((guardrail) => makeKey(gateway, guardrail)),
  );
  const [chat, messages] = ['/v1/chat/completions', '/v1/messages'];
  expect(await isGuarded(gateway, chat, 'default', usual!)).toBe(true);
  expect(await isGuarded(gateway, messages, 'default', usual!)).toBe(false);
  expect(await isGuarded(gateway, chat, 'free', usual!)).toBe(false);
  expect(await isGuarded(gateway, messages, 'strict', usual!)).toBe(true);
  expect(await isGuarded(gateway, chat, 'default', off!)).toBe(false);
  expect(await isGuarded(gateway, messages, 'strict', off!)).toBe(false);
  expect(await isGuarded(gateway, messages, 'free', always!)).toBe(true);
});

it('a word that is none is refused, for a key and for a chain', async () => {
  const gateway = await start();
  const reply = await postJson(`${gateway.url}/keys`, { alias: 'a', guardrail: 'never' }, bearer(ADMIN_KEY));
  expect(reply.status).toBe(400);
  expect(await reply.json()).toMatchObject({
    error: { param: 'guardrail', message: '`guardrail` must be default, always or off.' },
  });
});
