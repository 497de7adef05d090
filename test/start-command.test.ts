/** However the server is started, it is started the same way. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const FLAGS = /node( --\S+)* /;
const flagsOf = (command: string) => FLAGS.exec(command)?.[0];

it('npm start, the image, Railway and systemd start it with the same flags', () => {
  const { scripts } = JSON.parse(readFileSync('package.json', 'utf8'));
  const { deploy } = JSON.parse(readFileSync('railway.json', 'utf8'));
  const command = JSON.parse(/^CMD (\[.*\])$/m.exec(readFileSync('Dockerfile', 'utf8'))![1]!).join(' ');
  const service = readFileSync('deploy/systemd/codellama-server.service', 'utf8');
  expect(flagsOf(scripts.start)).toBe('node --max-semi-space-size=16 ');
  for (const one of [deploy.startCommand, command, service])
    expect(flagsOf(one)).toBe(flagsOf(scripts.start));
});

it('Railway starts what the image starts', () => {
  const { deploy } = JSON.parse(readFileSync('railway.json', 'utf8'));
  const command = JSON.parse(/^CMD (\[.*\])$/m.exec(readFileSync('Dockerfile', 'utf8'))![1]!).join(' ');
  expect(deploy.startCommand).toBe(command);
});
