/** What the guides show to be copied passes what a change has to pass: types, lint, and the doc comments of exports. */
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const run = promisify(execFile);

/** By the file that a reader of the guide would write. */
const examples = {
  'src/providers/parrot.ts': exampleOf('docs/adding.md', /```ts\n(\/\*\* Parrot[\s\S]*?)```/),
  'src/api/quiz/quiz.ts': exampleOf('docs/adding.md', /```ts\n(\/\*\* Quiz[\s\S]*?)```/),
  'src/sinks/slow-call-sink.ts': exampleOf('docs/architecture.md', /```ts\n(import[\s\S]*?)```/),
};

function exampleOf(guide: string, block: RegExp): string {
  return block.exec(readFileSync(guide, 'utf8'))![1]!;
}

it('the examples of the guides have the types that their places ask for', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'codellama-'));
  for (const [file, code] of Object.entries(examples)) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), code);
  }
  for (const name of ['node_modules', 'package.json']) symlinkSync(resolve(name), join(folder, name));
  const config = {
    extends: resolve('tsconfig.json'),
    // The folder is laid over the repository, so that imports are found as they are written.
    compilerOptions: { rootDirs: [folder, resolve()] },
    include: ['src', resolve('src/**/*.d.ts')],
  };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config));
  const { stdout } = await run('node_modules/.bin/tsc', ['--project', folder]).catch((error) => error);
  expect(stdout).toBe('');
}, 120_000);

it.each(Object.entries(examples))('%s is as the linter would have it', async (file, code) => {
  const linted = run('node_modules/.bin/biome', ['check', '--write', `--stdin-file-path=${file}`]);
  linted.child.stdin!.end(code);
  expect((await linted).stdout).toBe(code);
  expect(code, 'an export without a doc comment right above it').not.toMatch(/(?<!\*\/)\nexport /);
});
