import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { VETOES } from '../../../src/cache/semantic/vetoes/veto.ts';

it.each(VETOES)('docs/semantic-cache.md has the veto "$name" as it is', ({ name, reason, example }) => {
  const docs = readFileSync('docs/semantic-cache.md', 'utf8');
  expect(docs).toContain(`| ${name} | ${reason} | ${example.join(' / ')} |`);
});
