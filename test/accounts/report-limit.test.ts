import { expect, it } from 'vitest';
import { ReportLimit } from '../../src/accounts/ledger/report-limit.ts';
import { ManualClock } from '../helpers/manual-clock.ts';

it('a key gets so many reports a minute, and others are not held back', () => {
  const clock = new ManualClock();
  const limit = new ReportLimit(clock);
  for (let count = 0; count < 60; count++) limit.take('key_a');
  expect(() => limit.take('key_a')).toThrow(expect.objectContaining({ kind: 'rate_limited', status: 429 }));
  limit.take('key_b');
  clock.advance(61_000);
  limit.take('key_a');
});
