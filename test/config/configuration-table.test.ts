import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { configurationTable } from '../../src/config/configuration-table.ts';
import { SETTING_NAMES } from '../../src/config/environment.ts';

const example = readFileSync('.env.example', 'utf8');

it('the published list of settings is that of the code: npm run docs:configuration writes it', () => {
  expect(readFileSync('docs/configuration.md', 'utf8')).toBe(configurationTable(example));
});

it('.env.example explains every setting', () => {
  const named = [...example.matchAll(/^([A-Z0-9_]+)=/gm)].map(([, name]) => name);
  const unexplained = SETTING_NAMES.filter((name) => name !== 'NODE_ENV' && !named.includes(name));
  expect(
    unexplained,
    'explain each in .env.example, in a comment above NAME=, then npm run docs:configuration',
  ).toEqual([]);
});

it('a variable behind a # has a line of its own, with its own words', () => {
  const text = configurationTable('\n\n# For Node itself.\n# NODE_OPTION=1\n\n# Who manages.\nADMIN_KEY=\n');
  expect(text).toContain('| `NODE_OPTION` |  | For Node itself. |\n| `ADMIN_KEY` |  | Who manages. |');
});
