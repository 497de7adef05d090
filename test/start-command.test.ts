/** The three ways to start the server are one. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

it('npm start, Docker and Railway start it with the same flags', () => {
  const { scripts } = JSON.parse(readFileSync('package.json', 'utf8'));
  const { deploy } = JSON.parse(readFileSync('railway.json', 'utf8'));
  const command = /^CMD (\[.*\])$/m.exec(readFileSync('Dockerfile', 'utf8'))![1]!;
  expect(deploy.startCommand).toBe(scripts.start);
  expect(JSON.parse(command).join(' ')).toBe(scripts.start);
});
