/** Which agent asked, and in which session: read from what it sends anyway (headers as recorded from the programs). */
import { expect, it } from 'vitest';
import { eventually } from '../helpers/eventually.ts';
import { postJson, type RunningGateway, startGateway } from '../helpers/gateway.ts';

const SESSION = '6f1c2d3e-0000-4000-8000-000000000001';
const CHAT = { model: 'gpt-4', messages: [{ role: 'user', content: 'hello' }] };
const MESSAGES = { ...CHAT, max_tokens: 100 };
const RESPONSES = { model: 'gpt-4', input: 'hello' };
const BUN = 'ai-sdk/provider-utils/4.0.23 runtime/bun/1.3.14';

interface Sent {
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body: object;
}

const AGENTS: readonly (readonly [string, Sent, { door: string; agent: string | null; session: unknown }])[] =
  [
    [
      'Claude Code',
      {
        path: '/v1/messages?beta=true',
        headers: {
          'user-agent': 'claude-cli/2.1.332 (external, sdk-cli)',
          'x-claude-code-session-id': SESSION,
        },
        body: MESSAGES,
      },
      { door: 'messages', agent: 'claude-code', session: SESSION },
    ],
    [
      'Claude Code behind a proxy that strips its headers',
      {
        path: '/v1/messages',
        headers: { 'user-agent': 'nginx' },
        body: {
          ...MESSAGES,
          metadata: {
            user_id: JSON.stringify({ device_id: 'd', account_uuid: '', session_id: SESSION }),
          },
        },
      },
      { door: 'messages', agent: 'nginx', session: SESSION },
    ],
    [
      'an earlier Claude Code',
      {
        path: '/v1/messages',
        headers: { 'user-agent': 'claude-cli/1.0.5 (external, cli)' },
        body: { ...MESSAGES, metadata: { user_id: `user_0f_account__session_${SESSION}` } },
      },
      { door: 'messages', agent: 'claude-code', session: SESSION },
    ],
    [
      'Codex',
      {
        path: '/v1/responses',
        headers: {
          'user-agent': 'codex_exec/0.169.0 (Debian 12.0.0; x86_64) xterm (codex_exec; 0.169.0)',
          originator: 'codex_exec',
        },
        body: { ...RESPONSES, prompt_cache_key: SESSION },
      },
      { door: 'responses', agent: 'codex', session: SESSION },
    ],
    [
      'opencode',
      {
        path: '/v1/chat/completions',
        headers: { 'user-agent': `opencode/1.18.33 ${BUN}`, 'x-session-id': 'ses_deaf' },
        body: CHAT,
      },
      { door: 'chat', agent: 'opencode', session: 'ses_deaf' },
    ],
    [
      'Kilo',
      { path: '/v1/chat/completions', headers: { 'user-agent': `Kilo-Code/7.7.9 ${BUN}` }, body: CHAT },
      { door: 'chat', agent: 'kilo-code', session: null },
    ],
    [
      'Qwen Code',
      {
        path: '/v1/chat/completions',
        headers: { 'user-agent': 'QwenCode/0.24.4 (linux; x64)' },
        body: CHAT,
      },
      { door: 'chat', agent: 'qwen-code', session: null },
    ],
    [
      'an SDK',
      { path: '/v1/chat/completions', headers: { 'user-agent': 'OpenAI/JS 7.57.0' }, body: CHAT },
      { door: 'chat', agent: 'openai-js', session: null },
    ],
    [
      'a program over an SDK that says its name elsewhere',
      {
        path: '/v1/chat/completions',
        headers: { 'user-agent': 'OpenAI/JS 7.57.0', 'x-title': 'My Agent' },
        body: CHAT,
      },
      { door: 'chat', agent: 'my-agent', session: null },
    ],
    [
      'a program with odd names',
      {
        path: '/v1/chat/completions',
        headers: { 'user-agent': `<script>${'x'.repeat(300)}`, 'x-session-id': `\u00e9 ${'s'.repeat(300)}` },
        body: CHAT,
      },
      { door: 'chat', agent: `script-${'x'.repeat(56)}`, session: `__${'s'.repeat(126)}` },
    ],
  ];

it.each(AGENTS)('%s', async (_name, { path, headers, body }, expected) => {
  const gateway = await startGateway({ CACHE_TTL: '0' });
  const response = await postJson(gateway.url + path, body, headers);
  expect(response.status).toBe(200);
  await response.text();
  expect(await see(gateway, `/requests/${response.headers.get('x-request-id')}`)).toMatchObject(expected);
});

it('usage is grouped and narrowed down by them', async () => {
  const gateway = await startGateway({ CACHE_TTL: '0' });
  const ask = async (path: string, body: object, headers: Record<string, string>) =>
    (await postJson(gateway.url + path, body, headers)).text();
  await ask('/v1/messages', MESSAGES, { 'user-agent': 'claude-cli/2.1.332', 'x-session-id': 'one' });
  await ask('/v1/messages', MESSAGES, { 'user-agent': 'claude-cli/2.1.333', 'x-session-id': 'two' });
  await ask('/v1/responses', RESPONSES, { 'user-agent': 'codex_exec/0.169.0', 'session-id': 'three' });
  await eventually(async () =>
    expect(await see(gateway, '/usage?group_by=agent')).toMatchObject({
      data: [
        { agent: 'claude-code', requests: 2 },
        { agent: 'codex', requests: 1 },
      ],
    }),
  );
  expect(await see(gateway, '/usage?group_by=session&agent=claude-code')).toMatchObject({
    data: [{ session: 'one' }, { session: 'two' }],
    total: { requests: 2 },
  });
  expect(await see(gateway, '/usage?group_by=door&session=three')).toMatchObject({
    data: [{ door: 'responses', requests: 1 }],
  });
  expect(await see(gateway, '/usage?agent=a&agent=b')).toMatchObject({ error: { param: 'agent' } });
});

async function see({ url }: RunningGateway, path: string): Promise<unknown> {
  return (await fetch(url + path)).json();
}
