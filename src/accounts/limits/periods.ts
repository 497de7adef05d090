/** Budget periods: calendar days, weeks from Monday and months, all in UTC. */
import type { Period } from './limits.ts';

/** Milliseconds since the epoch. `end` is `undefined` for a total budget, which never begins anew. */
export interface PeriodBounds {
  readonly start: number;
  readonly end: number | undefined;
}

/** The period that a moment is in: milliseconds since the epoch, from (inclusive) to (exclusive). */
export function periodAt(period: Period, now: number): PeriodBounds {
  const date = new Date(now);
  const [year, month, day] = [date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate()];
  switch (period) {
    case 'day':
      return { start: Date.UTC(year, month, day), end: Date.UTC(year, month, day + 1) };
    case 'week': {
      const sinceMonday = (date.getUTCDay() + 6) % 7;
      return {
        start: Date.UTC(year, month, day - sinceMonday),
        end: Date.UTC(year, month, day - sinceMonday + 7),
      };
    }
    case 'month':
      return { start: Date.UTC(year, month, 1), end: Date.UTC(year, month + 1, 1) };
    case 'total':
      return { start: 0, end: undefined };
  }
}
