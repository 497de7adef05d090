/** The thread that counts tokens, when it dies. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, it } from 'vitest';
import { TokenThread } from '../../src/pricing/token-thread.ts';
import { temporaryFolder } from '../helpers/databases.ts';

const PROGRAM = `
import { parentPort } from 'node:worker_threads';
parentPort.on('message', ({ id, texts }) => {
  if (texts[0] === 'die') throw new Error('dead');
  parentPort.postMessage({ id, counts: texts.map((text) => text.length) });
});
`;

it('who waited for one that died has no count, and who asks next is counted by another', async () => {
  const file = join(temporaryFolder(), 'worker.mjs');
  writeFileSync(file, PROGRAM);
  const thread = new TokenThread(pathToFileURL(file));
  const count = (text: string) => thread.count('o200k_base', [text], 60_000);
  expect(await count('hello')).toEqual([5]);
  const [dying, behind] = [count('die'), count('hello')];
  expect(await dying).toBeUndefined();
  // It is asked between the failure of the thread and its end.
  const next = count('hello, too');
  expect(await behind).toBeUndefined();
  expect(await next).toEqual([10]);
});
