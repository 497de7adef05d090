/** Routes that are free count against no limit of a key, and keep no server busy: each has a bound of its own. */
import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { describe, expect, it } from 'vitest';
import { postJson, startGateway } from '../helpers/gateway.ts';

const ADMIN = { authorization: 'Bearer an-admin-key-of-the-tests' };
const COUNTS_A_MINUTE = 300;
const REPLIES_A_MINUTE = 3_000;

async function start() {
  const gateway = await startGateway({ ADMIN_KEY: 'an-admin-key-of-the-tests' });
  const makeKey = async (limits: object) => {
    const response = await postJson(`${gateway.url}/keys`, limits, ADMIN);
    const { key } = (await response.json()) as { key: string };
    return { 'x-api-key': key };
  };
  return { ...gateway, makeKey };
}

/** Asks until it is refused, some at once. @returns the number of other replies, and the first refusal */
async function askUntilRefused(ask: () => Promise<Response>) {
  for (let replies = 0; replies < 2 * REPLIES_A_MINUTE; ) {
    const responses = await Promise.all(Array.from({ length: 50 }, ask));
    const refused = responses.find(({ status }) => status === 429);
    replies += responses.filter(({ status }) => status !== 429).length;
    await Promise.all(responses.map((response) => response !== refused && response.arrayBuffer()));
    if (refused) return { replies, refused };
  }
  throw new Error('never refused');
}

const CONVERSATION = { model: 'gpt-4', max_tokens: 9, messages: [{ role: 'user', content: 'hello' }] };
const CONTENTS = { contents: [{ parts: [{ text: 'hello' }] }] };

describe.each([
  ['/v1/messages/count_tokens', CONVERSATION, { type: 'error', error: { type: 'rate_limit_error' } }],
  ['/v1beta/models/gpt-4:countTokens', CONTENTS, { error: { code: 429, status: 'RESOURCE_EXHAUSTED' } }],
])('%s', (path, body, error) => {
  it('takes nothing of a key’s requests, and is bounded by itself', async () => {
    const { url, ask, makeKey } = await start();
    const key = await makeKey({ alias: 'busy', rpm: 1 });
    const count = (of: Record<string, string>) => postJson(url + path, body, of);
    const { replies, refused } = await askUntilRefused(() => count(key));
    expect(replies).toBe(COUNTS_A_MINUTE);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await refused.json()).toMatchObject(error);
    // The key's one request is still there, and so are the counts of others.
    expect((await ask({ prompt: 'hello' }, key)).status).toBe(200);
    expect((await count(await makeKey({ alias: 'other' }))).status).toBe(200);
  });
});

it('who is signed in is bounded for a key, and not for the administrator', async () => {
  const { url, makeKey } = await start();
  const key = await makeKey({ alias: 'busy' });
  const { replies, refused } = await askUntilRefused(() => fetch(`${url}/session`, { headers: key }));
  expect(replies).toBe(REPLIES_A_MINUTE);
  expect(refused.headers.has('retry-after')).toBe(true);
  expect((await fetch(`${url}/session`, { headers: ADMIN })).status).toBe(200);
});

it('the models of one who needs no key are bounded by address', async () => {
  const { url } = await startGateway({ ALLOW_ANONYMOUS: 'true' });
  const { replies } = await askUntilRefused(() => fetch(`${url}/v1/models`));
  expect(replies).toBe(REPLIES_A_MINUTE);
  const elsewhere = get(`${url}/v1/models`, { localAddress: '127.0.0.2' });
  const [response] = (await once(elsewhere, 'response')) as [IncomingMessage];
  expect(response.resume().statusCode).toBe(200);
});
