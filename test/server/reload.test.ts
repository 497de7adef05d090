/** The configuration file is edited while the server runs. */
import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../helpers/databases.ts';
import { eventually } from '../helpers/eventually.ts';
import { startGateway } from '../helpers/gateway.ts';

const CHAIN = (model: string) => `chains: { default: [${model}] }`;

async function withFile(content: string) {
  const path = join(temporaryFolder(), 'codellama.yaml');
  writeFileSync(path, content);
  const gateway = await startGateway({ CONFIG_FILE: path, CACHE_TTL: '0' }, { tokenMs: 15 });
  const answerer = async () => (await gateway.ask({ prompt: 'hello world' })).headers['x-model'];
  const logged = (message: string) => gateway.log.filter(({ msg }) => msg === message);
  return { ...gateway, path, answerer, logged };
}

it('an edit holds for new requests, and a stream that runs ends with the model it began with', async () => {
  const { path, answerer, stream, logged, simulator } = await withFile(CHAIN('codellama'));
  expect(await answerer()).toMatch(/^together/);
  const running = stream({ prompt: 'write me a function to print hello world' });
  await eventually(() => expect(simulator.calls).toHaveLength(2));
  writeFileSync(path, CHAIN('gpt-4'));
  await eventually(async () => expect(await answerer()).toBe('openai/gpt-4'));
  const { done, headers } = await running;
  expect([done, headers['x-model']]).toEqual([true, 'together/togethercomputer/CodeLlama-34b-Instruct']);
  expect(logged('the configuration has changed')[0]).toMatchObject({ changes: { chains: ['default'] } });
});

it('an edit that is wrong is told, and the old configuration stays', async () => {
  const { path, answerer, logged } = await withFile(CHAIN('codellama'));
  writeFileSync(path, CHAIN('codelama'));
  const told = 'the configuration is not valid: the old one stays';
  await eventually(() => expect(logged(told)).toHaveLength(1));
  expect(logged(told)[0]).toMatchObject({
    problems: ['chains.default: there is no model "codelama", did you mean "codellama"?'],
  });
  expect(await answerer()).toMatch(/^together/);
  writeFileSync(path, CHAIN('claude-2'));
  await eventually(async () => expect(await answerer()).toBe('anthropic/claude-2'));
});

it('an editor that saves by renaming is noticed', async () => {
  const { path, answerer } = await withFile(CHAIN('codellama'));
  for (const [model, id] of [
    ['gpt-4', 'openai/gpt-4'],
    ['claude-2', 'anthropic/claude-2'],
  ] as const) {
    writeFileSync(`${path}.tmp`, CHAIN(model));
    renameSync(`${path}.tmp`, path);
    await eventually(async () => expect(await answerer()).toBe(id));
  }
});

it('what cools goes on cooling, and a setting that needs a restart is named', async () => {
  const { path, answerer, simulator, logged } = await withFile('chains: { default: [codellama, gpt-4] }');
  simulator.always('together', '429');
  expect(await answerer()).toBe('openai/gpt-4');
  simulator.always('together', 'ok');
  writeFileSync(path, 'chains: { default: [codellama, claude-2] }\nsettings: { port: 4321 }');
  await eventually(async () => expect(await answerer()).toBe('anthropic/claude-2'));
  expect(logged('the configuration has changed')[0]).toMatchObject({ changes: { needRestart: [] } });
});

it('a file of a thousand models is taken up, and what is wrong in it is told, as in a small one', async () => {
  const { path, answerer, logged } = await withFile(CHAIN('codellama'));
  const models = Array.from(
    { length: 1_000 },
    (_, at) => `  m${at}: { provider: openai, model: a/m${at} }\n`,
  );
  const large = `models:\n${models.join('')}`;
  writeFileSync(path, `${large}chains: { default: [m1000] }`);
  await eventually(() =>
    expect(logged('the configuration is not valid: the old one stays')[0]).toMatchObject({
      problems: [expect.stringContaining('chains.default: there is no model "m1000"')],
    }),
  );
  writeFileSync(path, `${large}  m5: { provider: opena }\n`);
  await eventually(() =>
    expect(logged('the configuration is not valid: the old one stays')[1]).toMatchObject({
      problems: [expect.stringContaining('Map keys must be unique')],
    }),
  );
  writeFileSync(path, `${large}chains: { default: [m999] }`);
  await eventually(async () => expect(await answerer()).toBe('openai/a/m999'));
});
