/**
 * Makes `dist/`, what the package on npm holds: the sources as JavaScript. Node strips types by itself, but not in files
 * below node_modules (https://nodejs.org/api/typescript.html#type-stripping-in-dependencies), where an installed package
 * lives. `npm pack` and `npm publish` run it; nothing else needs it.
 */
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { dirname, join, relative } from 'node:path';

const FROM = 'src';
const TO = process.argv[2] ?? 'dist';
/** A path to a file of ours, in an import or a URL. */
const RELATIVE_TS = /(['"`])(\.{1,2}\/[^'"`\n]*)\.ts\1/g;

rmSync(TO, { recursive: true, force: true });
for (const entry of readdirSync(FROM, { recursive: true, withFileTypes: true })) {
  if (!entry.isFile() || entry.name.endsWith('.d.ts')) continue;
  const file = join(entry.parentPath, entry.name);
  const copy = join(TO, relative(FROM, file));
  mkdirSync(dirname(copy), { recursive: true });
  if (file.endsWith('.ts')) {
    const script = stripTypeScriptTypes(readFileSync(file, 'utf8'), { mode: 'strip' });
    writeFileSync(copy.replace(/\.ts$/, '.js'), script.replace(RELATIVE_TS, '$1$2.js$1'));
  } else if (file.endsWith('.js')) {
    writeFileSync(copy, readFileSync(file, 'utf8').replace(RELATIVE_TS, '$1$2.js$1'));
  } else copyFileSync(file, copy);
}
