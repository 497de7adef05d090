/** Text in one piece is the same text. */
import { expect, it } from 'vitest';
import { flatText } from '../../src/core/flat-text.ts';

it.each([
  [['req_', 'one'], 'req_one'],
  [['together', '/', 'a'], 'together/a'],
  [[2026, '-', 11], '2026-11'],
  [
    ['a single part that is long enough to be a window'.slice(2)],
    'single part that is long enough to be a window',
  ],
  [['x'], 'x'],
  [[''], ''],
  [['👩‍🚀 in space'], '👩‍🚀 in space'],
  [[], ''],
])('%j is %j', (parts, text) => {
  expect(flatText(...parts)).toBe(text);
});
