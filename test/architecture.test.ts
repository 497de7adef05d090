import { globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, it } from 'vitest';
import { failureTable } from '../src/failures/failure-table.ts';

/** Data flows one way: what a folder may import besides itself. */
const MAY_IMPORT: Record<string, readonly string[]> = {
  core: [],
  failures: ['core'],
  providers: ['failures', 'core'],
  pricing: ['providers', 'core'],
  events: ['failures', 'pricing', 'core'],
  routing: ['guard', 'events', 'failures', 'pricing', 'providers', 'core'],
  cache: ['core'],
  guard: ['failures', 'core'],
  chat: ['cache', 'events', 'failures', 'guard', 'pricing', 'routing', 'providers', 'core'],
  metrics: ['events', 'core'],
  health: ['accounts', 'chat', 'routing', 'core'],
  api: [
    'accounts',
    'cache',
    'events',
    'failures',
    'chat',
    'health',
    'metrics',
    'promptlayer',
    'pricing',
    'routing',
    'core',
  ],
  redis: ['cache', 'routing', 'core'],
  accounts: ['redis', 'cache', 'chat', 'events', 'failures', 'pricing', 'routing', 'providers', 'core'],
  promptlayer: ['core'],
  sinks: ['promptlayer', 'failures', 'events', 'providers', 'routing', 'core'],
  pages: ['core'],
  config: ['providers', 'core'],
  http: ['api', 'accounts', 'chat', 'events', 'failures', 'routing', 'core'],
  simulator: [],
  cli: ['api', 'cache', 'failures', 'config', 'accounts', 'routing', 'sinks', 'providers', 'core'],
};

interface Import {
  readonly from: string;
  readonly to: string;
}

const files = globSync('src/**/*.ts');
const imports: Import[] = files.flatMap((from) => {
  const source = readFileSync(from, 'utf8');
  return [...source.matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map((match) => ({
    from,
    to: match[1]!.startsWith('.') ? normalize(join(dirname(from), match[1]!)) : match[1]!,
  }));
});
/** `src/chat/x.ts` → `chat`; files right under `src` put the parts together and belong to none. */
const folderOf = (file: string) => (file.split('/').length > 2 ? file.split('/')[1] : undefined);

describe('data flows one way', () => {
  it.each(Object.entries(MAY_IMPORT))('src/%s imports only from %j', (folder, allowed) => {
    const strays = imports.filter(
      ({ from, to }) =>
        folderOf(from) === folder &&
        to.startsWith('src/') &&
        ![folder, ...allowed].includes(folderOf(to) ?? to),
    );
    expect(strays).toEqual([]);
  });

  it('every folder has its place', () => {
    expect(new Set(files.map(folderOf).filter(Boolean))).toEqual(new Set(Object.keys(MAY_IMPORT)));
  });
});

it('no file reaches itself by its imports, inside folders either', () => {
  const targets = new Map(files.map((file): [string, string[]] => [file, []]));
  for (const { from, to } of imports) if (targets.has(to)) targets.get(from)!.push(to);
  // What imports nothing that is left cannot be in a circle; what is left in the end is.
  for (let found = true; found; ) {
    found = false;
    for (const [file, imported] of targets) {
      if (imported.some((one) => targets.has(one))) continue;
      targets.delete(file);
      found = true;
    }
  }
  expect([...targets.keys()]).toEqual([]);
});

it('no exported name is declared in two files: one word a thing, and one thing a word', () => {
  const declaration =
    /^export (?:async |abstract )?(?:function\*?|class|interface|type|const|let|enum) +([\w$]+)/gm;
  const filesOf = new Map<string, Set<string>>();
  for (const file of globSync('src/**/*.{ts,js}'))
    for (const [, name] of readFileSync(file, 'utf8').matchAll(declaration))
      filesOf.set(name!, (filesOf.get(name!) ?? new Set()).add(file));
  const twice = [...filesOf].filter(([, declaring]) => declaring.size > 1);
  expect(twice.map(([name, declaring]) => `${name}: ${[...declaring].sort().join(', ')}`)).toEqual([]);
});

it('an error has the name of its class, so that a log is found in the code', () => {
  const named = /^(?:export )?class (\w+) extends \w+ \{[\s\S]*?^\}/gm;
  const astray = globSync('src/**/*.{ts,js}').flatMap((file) =>
    [...readFileSync(file, 'utf8').matchAll(named)].flatMap(([body, className]) => {
      const name = /this\.name = '(\w+)'/.exec(body)?.[1];
      return name === undefined || name === className ? [] : [`${file}: ${className} says it is ${name}`];
    }),
  );
  expect(astray).toEqual([]);
});

it('every export has a doc comment right above it, which says what its signature does not', () => {
  const declaration =
    /^export (?:async |abstract )?(?:(?:function\*?|class|interface|const|let|enum) |type +[\w$])/;
  const bare = globSync('src/**/*.{ts,js}').flatMap((file) => {
    const lines = readFileSync(file, 'utf8').split('\n');
    return lines.flatMap((line, at) => {
      const above = lines[at - 1]?.startsWith('// biome-ignore') ? lines[at - 2] : lines[at - 1];
      return declaration.test(line) && !above?.endsWith('*/') ? [`${file}:${at + 1} ${line}`] : [];
    });
  });
  expect(bare).toEqual([]);
});

it('what follows from a kind of failure is a column of the failure table', () => {
  // Doors and alerts have words of their own for some kinds.
  const mayName = ['failures', 'api', 'sinks', 'simulator'];
  const kinds = Object.keys(failureTable).join('|');
  const branch = new RegExp(`[!=]== '(?:${kinds})'|case '(?:${kinds})':`);
  const branching = files.filter(
    (file) => !mayName.includes(folderOf(file) ?? '') && branch.test(readFileSync(file, 'utf8')),
  );
  expect(branching).toEqual([]);
});

it('only src/http knows Express', () => {
  const users = imports.filter(({ to }) => to === 'express').map(({ from }) => folderOf(from));
  expect(new Set(users)).toEqual(new Set(['http']));
});

it('only demo mode reaches the simulator', () => {
  const users = imports
    .filter(({ from, to }) => to.startsWith('src/simulator') && folderOf(from) !== 'simulator')
    .map(({ from }) => from);
  expect(new Set(users)).toEqual(new Set(['src/demo.ts', 'src/server.ts']));
});

it.each(files)('%s is one idea: at most 300 lines', (file) => {
  expect(readFileSync(file, 'utf8').split('\n').length).toBeLessThanOrEqual(301);
});

describe('no test depends on how fast the machine is', () => {
  const tests = globSync('test/**/*.ts').filter((file) => file !== 'test/architecture.test.ts');
  const linesWith = (pattern: RegExp, except: readonly string[] = []) =>
    tests
      .filter((file) => !except.includes(file))
      .flatMap((file) =>
        readFileSync(file, 'utf8')
          .split('\n')
          .flatMap((line, index) => (pattern.test(line) ? `${file}:${index + 1}: ${line.trim()}` : [])),
      );

  it('none says that something took less than so long', () => {
    const measured = String.raw`(?:\b(?:Date|performance)\.now\(\)|\bendedAt!?) - [\w.!]+`;
    expect(linesWith(new RegExp(`${measured}.*toBeLess`))).toEqual([]);
  });

  it('none waits by a patience of its own: `eventually` and `expect.poll` have one that is enough', () => {
    expect(linesWith(/\bvi\.wait(?:For|Until)\(|\bexpect\.poll\(.*\btimeout:/)).toEqual([]);
  });

  it('none ends a call after so many milliseconds: it leaves when what it waits for has come', () => {
    expect(linesWith(/\bAbortSignal\.timeout\(|setTimeout\(.*\.abort\(\)/)).toEqual([]);
  });
});
