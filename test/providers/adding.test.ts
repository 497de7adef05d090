/** Follows docs/adding.md: the provider in the guide is taken from its text and must work. */
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, it } from 'vitest';
import { providerTable } from '../../src/providers/provider-table.ts';
import { startRawUpstream } from '../helpers/raw-upstream.ts';
import { failureOf, type MakeProvider, made, never, question, targetAt, whole } from './support.ts';

async function parrotOfTheGuide(): Promise<MakeProvider> {
  const guide = readFileSync('docs/adding.md', 'utf8');
  const code = /```ts\n(\/\*\* Parrot[\s\S]*?)```/.exec(guide)![1]!;
  const providers = pathToFileURL('src/providers/').href;
  const file = join(mkdtempSync(join(tmpdir(), 'codellama-')), 'parrot.ts');
  writeFileSync(file, code.replaceAll("from './", `from '${providers}`));
  const { parrot } = (await import(pathToFileURL(file).href)) as { parrot: MakeProvider };
  return parrot;
}

it('the provider of the guide answers, names what it leaves out, and refuses what it has not', async () => {
  const upstream = await startRawUpstream({ body: '{"words": "Hello?", "read": 2, "said": 3}' });
  const parrot = made(await parrotOfTheGuide());
  const target = targetAt(upstream.url, 'parrot');
  const send = (over: object) => parrot.send(question(over), target, { signal: never() });
  const { completion, dropped } = whole(await send({ seed: 7 }));
  expect(completion.choices[0]!.message.content).toBe('Hello?');
  expect(completion.usage).toMatchObject({ prompt_tokens: 2, completion_tokens: 3 });
  expect(dropped).toEqual(['seed']);
  expect(whole(await send({ n: 3 })).completion.choices).toHaveLength(3);
  const tools = [{ type: 'function', function: { name: 'fly' } }];
  expect((await failureOf(send({ tools }))).facts).toMatchObject({ unsupported: 'tools' });
  expect(upstream.requests.map(({ path, body }) => [path, body])).toEqual(
    Array(4).fill(['/say', { text: 'Hello?' }]),
  );
});

it('the table of providers is that of the code: npm run docs:providers writes it', () => {
  expect(readFileSync('docs/providers.md', 'utf8')).toBe(providerTable());
});
