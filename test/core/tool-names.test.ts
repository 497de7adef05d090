import { expect, it } from 'vitest';
import { shortToolName } from '../../src/core/tool-names.ts';

it.each(['w', 'read_file', 'a-b_C9', 'n'.repeat(64)])('%s stays as it is', (name) => {
  expect(shortToolName(name)).toBe(name);
});

it.each(['files.read', 'mcp:files.read', 'ü', 'a b', 'n'.repeat(65), `${'n'.repeat(100)}.x`])(
  '%s becomes a name that every provider takes, always the same',
  (name) => {
    expect(shortToolName(name)).toMatch(/^[\w-]{1,64}$/);
    expect(shortToolName(name)).toBe(shortToolName(name));
  },
);

it('names that differ in such characters alone stay apart', () => {
  const names = ['a.b', 'a:b', 'a_b', 'a b'];
  expect(new Set(names.map(shortToolName)).size).toBe(names.length);
});
