/** What the documentation says is there: links, commands, settings, files, and every word of x-attempts. */
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { fileSchema } from '../../src/config/config-file-schema.ts';
import { failureTable } from '../../src/failures/failure-table.ts';

const FILES = [...globSync('*.md'), ...globSync('docs/**/*.md'), 'bench/README.md'];
const textOf = (file: string) => readFileSync(file, 'utf8');
/** Code is no text: a link in it is an example. */
const proseOf = (file: string) =>
  textOf(file)
    .replace(/^```[\s\S]*?^```/gm, '')
    .replace(/`[^`\n]*`/g, '');

interface Link {
  readonly file: string;
  readonly target: string;
}
const links: Link[] = FILES.flatMap((file) =>
  [...proseOf(file).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target]) => ({ file, target: target! })),
);
const local = links.filter(({ target }) => !/^[a-z]+:/.test(target));

/** The anchors that a page of GitHub's has. */
function anchorsOf(file: string): Set<string> {
  const titles = textOf(file).match(/^#{1,6} .*$/gm) ?? [];
  return new Set(
    titles.map((title) =>
      title
        .replace(/^#+ /, '')
        .toLowerCase()
        .replace(/[^\p{L}\p{N} _-]/gu, '')
        .replaceAll(' ', '-'),
    ),
  );
}

it('every link leads to a file that is there, and to a title in it', () => {
  const broken = local.filter(({ file, target }) => {
    const [path, anchor] = target.split('#') as [string, string | undefined];
    const found = path === '' ? file : normalize(join(dirname(file), path));
    return !existsSync(found) || (anchor !== undefined && !anchorsOf(found).has(anchor));
  });
  expect(broken).toEqual([]);
  expect(local.length).toBeGreaterThan(50);
});

it('every npm command is a script of package.json', () => {
  const { scripts } = JSON.parse(textOf('package.json'));
  const named = FILES.flatMap((file) =>
    [...textOf(file).matchAll(/npm run (?:-s )?([a-z][a-z:-]*)/g)].map(([, name]) => ({ file, name: name! })),
  );
  expect(named.filter(({ name }) => !(name in scripts))).toEqual([]);
});

it('every configuration shown is one this server takes', () => {
  const shown = FILES.flatMap(
    (file) =>
      [...textOf(file).matchAll(/^```yaml\n([\s\S]*?)^```/gm)].map(([, text]) => ({ file, text: text! })),
    // Continue has models of its own.
  ).filter(({ text }) => /^(models|chains|aliases|settings):/m.test(text) && !/^schema: v1/m.test(text));
  expect(shown.length).toBeGreaterThan(0);
  for (const { file, text } of shown)
    expect({ file, error: fileSchema.safeParse(parse(text)).error }).toEqual({ file, error: undefined });
});

it('every JSON shown that is whole is JSON', () => {
  const shown = FILES.flatMap((file) =>
    [...textOf(file).matchAll(/^```json\n([\s\S]*?)^```/gm)].map(([, text]) => ({ file, text: text! })),
  ).filter(({ text }) => !text.includes('…'));
  for (const { file, text } of shown) expect(() => JSON.parse(text), file).not.toThrow();
});

describe('docs/troubleshooting.md explains', () => {
  const page = textOf('docs/troubleshooting.md');
  it.each(['ok', 'cooling', 'hedge_lost', 'running', ...Object.keys(failureTable)])('%s', (word) => {
    expect(page).toContain(`\`${word}\``);
  });
});
