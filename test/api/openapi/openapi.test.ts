/** The description of the API: made of the code, valid, whole, and true of real replies. */
import { readFileSync } from 'node:fs';
import { Validator } from '@seriousme/openapi-schema-validator';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, it } from 'vitest';
import packageFile from '../../../package.json' with { type: 'json' };
import { endpoints } from '../../../src/api/endpoints.ts';
import { openApiDocument } from '../../../src/api/openapi/openapi.ts';
import { replyTypes } from '../../../src/cli/reply-types.ts';
import { startGateway } from '../../helpers/gateway.ts';

const ADMIN_KEY = 'the-administrators-own-key';
const ADMIN = { authorization: `Bearer ${ADMIN_KEY}` };

interface Described {
  readonly paths: Record<
    string,
    Record<string, { responses: Record<string, { content: Record<string, { schema: object }> }> }>
  >;
  readonly components: object;
}

const document = openApiDocument(endpoints, packageFile.version);

it('is the one that is in the repository: `npm run docs:openapi` makes it', () => {
  const written = readFileSync(new URL('../../../src/api/openapi/openapi.json', import.meta.url), 'utf8');
  expect(JSON.parse(written)).toEqual(JSON.parse(JSON.stringify(document)));
});

it('gives the pages their types: `npm run docs:openapi` writes them', () => {
  const written = readFileSync(new URL('../../../src/pages/browser/replies.d.ts', import.meta.url), 'utf8');
  const { paths } = JSON.parse(JSON.stringify(document)) as { paths: Parameters<typeof replyTypes>[0] };
  expect(written).toBe(replyTypes(paths));
});

it('is valid', async () => {
  const validator = new Validator();
  expect(
    await validator.validate(JSON.parse(JSON.stringify(document)) as Record<string, unknown>),
  ).toMatchObject({
    valid: true,
  });
});

it('is of every route: one without a description stops it', () => {
  const stray = { ...endpoints[0]!, paths: ['/stray'] };
  expect(() => openApiDocument([...endpoints, stray], '1')).toThrow('POST /stray has no line');
  expect(() => openApiDocument(endpoints.slice(1), '1')).toThrow(
    'There are no routes POST /chat/completions',
  );
});

it('is true of real replies, of all doors and of the management', async () => {
  const gateway = await startGateway({ ADMIN_KEY, RETRIES: '0' });
  const served = (await (await fetch(`${gateway.url}/openapi.json`)).json()) as Described;
  const ajv = new Ajv2020({ strict: false, validateFormats: false });
  const checked = new Set<string>();
  /** Asks, and holds the reply to what is said of it. @returns the reply */
  const ask = async (
    method: string,
    path: string,
    params: Record<string, string> = {},
    body?: object,
    query = '',
  ) => {
    const address = path.replace(/\{(\w+)\}/g, (_all, name: string) => params[name]!);
    const reply = await fetch(gateway.url + address + query, {
      method,
      headers: {
        ...ADMIN,
        'content-type': 'application/json',
        ...(method !== 'GET' && { origin: gateway.url }),
      },
      ...(body && { body: JSON.stringify(body) }),
    });
    const json = (await reply.json()) as Record<string, string>;
    const { responses } = served.paths[path]![method.toLowerCase()]!;
    const described = responses[reply.status] ?? responses.default!;
    const { schema } = described.content['application/json']!;
    const validate = ajv.compile({ ...schema, components: served.components });
    expect([method, path, reply.status, validate(json) ? null : validate.errors, json]).toEqual([
      method,
      path,
      reply.status,
      null,
      json,
    ]);
    checked.add(`${method} ${path} ${responses[reply.status] ? 'done' : 'error'}`);
    return json;
  };
  const user = [{ role: 'user', content: 'hello' }];
  await ask('POST', '/chat/completions', {}, { messages: user });
  await ask('POST', '/chat/completions', {}, { messages: 5 });
  await ask('POST', '/v1/messages', {}, { model: 'default', max_tokens: 100, messages: user });
  await ask('POST', '/v1/messages', {}, { model: 'default', max_tokens: 100, messages: 5 });
  await ask('POST', '/v1/messages/count_tokens', {}, { model: 'default', messages: user });
  await ask('POST', '/v1/responses', {}, { input: 'hello' });
  await ask('POST', '/v1/completions', {}, { prompt: 'def hello():' });
  await ask('POST', '/v1/fim/completions', {}, { prompt: 'def hello():', suffix: 'return' });
  await ask('POST', '/v1/embeddings', {}, { model: 'openai/text-embedding-3-small', input: 'hello' });
  const hello = { contents: [{ parts: [{ text: 'hello' }] }] };
  await ask('POST', '/v1beta/models/{model}:generateContent', { model: 'default' }, hello);
  await ask('POST', '/v1beta/models/{model}:generateContent', { model: 'default' }, { contents: 5 });
  await ask('POST', '/v1beta/models/{model}:streamGenerateContent', { model: 'default' }, hello);
  await ask('POST', '/v1beta/models/{model}:countTokens', { model: 'default' }, hello);
  await ask('POST', '/v1/explain', {}, { messages: user });
  await ask('GET', '/v1/models');
  await ask('GET', '/v1/models/{id}', { id: 'gpt-4' });
  await ask('GET', '/models/health');
  await ask('DELETE', '/models/health/{target}', { target: 'openai/gpt-4' });
  await ask('GET', '/chains');
  await ask('GET', '/settings');
  const project = await ask('POST', '/projects', {}, { alias: 'shop', budget_usd: 5 });
  await ask('GET', '/projects');
  await ask('GET', '/projects/{id}', { id: 'shop' });
  await ask('PATCH', '/projects/{id}', { id: 'shop' }, { rpm: 5 });
  const { id } = (await ask('POST', '/keys', {}, { alias: 'web', project: 'shop', rpm: 5 })) as {
    id: string;
  };
  await ask('GET', '/keys');
  await ask('GET', '/keys/{id}', { id });
  await ask('GET', '/keys/{id}', { id: 'key_none' });
  await ask('PATCH', '/keys/{id}', { id }, { rpm: null });
  await ask('POST', '/keys/{id}/rotate', { id });
  await ask('POST', '/keys/{id}/block', { id });
  await ask('POST', '/keys/{id}/unblock', { id });
  const list = (await ask('GET', '/requests')) as unknown as { data: { id: string; kind: string }[] };
  await ask('GET', '/requests/{id}', { id: list.data.find(({ kind }) => kind === 'call')!.id });
  await ask('GET', '/requests/{id}', { id: list.data.find(({ kind }) => kind === 'refused')!.id });
  await ask('GET', '/usage', {}, undefined, '?group_by=day,model&limit=1');
  await ask('GET', '/audit');
  await ask('GET', '/session');
  await ask('POST', '/session', {}, { key: ADMIN_KEY });
  await ask('DELETE', '/session');
  await ask('GET', '/health/live');
  await ask('GET', '/health/ready');
  await ask('DELETE', '/keys/{id}', { id });
  await ask('DELETE', '/projects/{id}', { id: project.id! });
  // Where nothing was asked: events, CSV, the switched-off cache, metrics' text, a second name.
  const unasked = Object.entries(served.paths).flatMap(([path, item]) =>
    Object.keys(item)
      .map((method) => `${method.toUpperCase()} ${path}`)
      .filter((name) => !checked.has(`${name} done`)),
  );
  expect(
    unasked.sort(),
    'each route is asked something above, so that its reply is held to its schema; or it is named here',
  ).toEqual([
    'GET /cache/semantic',
    'GET /metrics',
    'GET /openapi.json',
    'GET /requests/live',
    'POST /get_models',
    'POST /requests/{id}/feedback',
  ]);
});
