import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { formatReport } from '../../../src/cache/semantic/format-report.ts';
import { HitWatch } from '../../../src/cache/semantic/hit-watch.ts';
import { createSemanticStore } from '../../../src/cache/semantic/semantic-store.ts';
import { systemClock } from '../../../src/core/clock.ts';

it('the report of a store that was never asked is readable', () => {
  const store = createSemanticStore({
    mode: 'on',
    watch: new HitWatch({}),
    findExact: () => undefined,
    ttl: 1,
    clock: systemClock,
    random: () => 1,
  });
  expect(formatReport(store.report()).split('\n')).toEqual([
    'state       unaudited, cost limit 0.6',
    'lookups     0, hits 0',
    'entries     0',
    'audits      0 right, 0 wrong, 0 undecided',
    'reported    0 wrong',
    'wrong hits  at most 100.00 % (95 % confidence)',
  ]);
});

it('semantic:compare says hit or miss for each pair, and counts those that are labelled', () => {
  const folder = mkdtempSync(join(tmpdir(), 'pairs-'));
  try {
    const file = join(folder, 'pairs.json');
    const pairs = [
      { a: 'java reverse linked list', b: 'How do I reverse a linked list in Java?', same: true },
      { a: 'int to string in java', b: 'string to int in java', same: false },
    ];
    writeFileSync(file, JSON.stringify(pairs));
    const lines = execFileSync(process.execPath, ['src/cli/semantic-compare.ts', file], { encoding: 'utf8' })
      .trim()
      .split('\n');
    expect(lines[0]).toMatch(/^"hit"\t"0.10"\t/);
    expect(lines[1]).toMatch(/^"miss"\t/);
    expect(lines[2]).toBe('hits 1/1, false 0/1');
  } finally {
    rmSync(folder, { recursive: true });
  }
});
