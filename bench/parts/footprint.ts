/** What an installation for production weighs, and what of it is heavy. */
import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Row } from '../report.ts';
import { spread } from '../statistics.ts';
import { temporaryFolder } from '../temporary-folder.ts';

const HEAVIEST = 5;
const root = fileURLToPath(new URL('../..', import.meta.url));

export function measureFootprint(notes: string[]): Row[] {
  const folder = temporaryFolder();
  for (const file of ['package.json', 'package-lock.json', '.npmrc'])
    if (existsSync(join(root, file))) copyFileSync(join(root, file), join(folder, file));
  execFileSync('npm', ['ci', '--omit=dev'], { cwd: folder, stdio: 'ignore', timeout: 180_000 });
  const modules = join(folder, 'node_modules');
  const packages = readdirSync(modules)
    .filter((name) => !name.startsWith('.'))
    .flatMap((name) =>
      name.startsWith('@') ? readdirSync(join(modules, name)).map((inner) => `${name}/${inner}`) : name,
    )
    .map((name) => ({ name, size: megabytes(join(modules, name)) }))
    .sort((one, other) => other.size - one.size);
  const total = megabytes(modules);
  const heaviest = packages.slice(0, HEAVIEST).map(({ name, size }) => `${name} ${size.toFixed(1)} MB`);
  notes.push(`${packages.length} packages in production; the heaviest: ${heaviest.join(', ')}.`);
  return [{ what: 'node_modules after npm ci --omit=dev', unit: 'MB', value: spread([total]) }];
}

function megabytes(path: string): number {
  return Number(execFileSync('du', ['-sk', path], { encoding: 'utf8' }).split('\t')[0]) / 1024;
}
