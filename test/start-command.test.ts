/** The three ways to start the server are one. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

it('npm start, Docker and Railway start it with the same flags', () => {
  const { scripts } = JSON.parse(readFileSync('package.json', 'utf8'));
  const { deploy } = JSON.parse(readFileSync('railway.json', 'utf8'));
  const command = /^CMD (\[.*\])$/m.exec(readFileSync('Dockerfile', 'utf8'))![1]!;
  // With `exec` nothing stands between npm and the server: a signal to one reaches the other.
  expect(scripts.start).toBe(`exec ${deploy.startCommand}`);
  expect(JSON.parse(command).join(' ')).toBe(deploy.startCommand);
});
