import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, it, onTestFinished } from 'vitest';
import { isOtherProcess } from '../../src/accounts/database/running-process.ts';
import { eventually } from '../helpers/eventually.ts';

it('a process is another one while it runs, and none when it was killed, also before its parent has asked for its end', async () => {
  // A shell that becomes `sleep`, which never asks for the end of what the shell had started.
  const parent = spawn('sh', ['-c', 'sleep 300 & echo $!; exec sleep 300'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  onTestFinished(() => void parent.kill('SIGKILL'));
  const [said] = await once(parent.stdout, 'data');
  const child = Number(said);
  expect(isOtherProcess(child)).toBe(true);
  process.kill(child, 'SIGKILL');
  await eventually(() => expect(isOtherProcess(child)).toBe(false));
  // It still has its number.
  expect(process.kill(child, 0)).toBe(true);
});

it('this process is none, nor is a number that none can have', () => {
  for (const pid of [process.pid, 0, -1, Number.NaN, 2 ** 53]) expect(isOtherProcess(pid)).toBe(false);
});
