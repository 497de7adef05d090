import { expect, it } from 'vitest';
import { parseDuration } from '../../src/core/durations.ts';

it.each([
  ['500ms', 500],
  ['10s', 10_000],
  ['5m', 300_000],
  ['1h', 3_600_000],
  ['1d', 86_400_000],
  ['1.5s', 1_500],
  ['0.25h', 900_000],
  ['10', 10_000],
  ['0', 0],
  ['0ms', 0],
  [' 10 s ', 10_000],
  ['10S', 10_000],
])('%o is %i ms', (text, milliseconds) => {
  expect(parseDuration(text)).toBe(milliseconds);
});

it.each([
  '',
  ' ',
  's',
  'soon',
  '-1s',
  '1e3',
  '5min',
  '1h30m',
  '1,5s',
  '.5s',
  'Infinity',
  '0x10',
  '10 s later',
])('%o is no duration', (text) => {
  expect(parseDuration(text)).toBeUndefined();
});
