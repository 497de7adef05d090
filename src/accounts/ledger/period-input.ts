/** A period as people write it: days of their time zone, or moments. */
import { isTimeZone, offsetAt, startOfDay } from '../../core/time-zone.ts';
import { invalidRequest } from '../../failures/failure.ts';

/** As it stands in a query or after flags: nothing of it is checked. */
export interface PeriodInput {
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly tz?: string | undefined;
}

/** The moments that are meant, and the time zone in which days are counted. */
export interface TimeRange {
  /** Milliseconds since the epoch: from (inclusive) and to (exclusive). */
  readonly from: number | undefined;
  readonly to: number | undefined;
  readonly tz: string;
}

const DAY = /^(\d{4})-(\d\d)-(\d\d)$/;
const MOMENT = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(Z|[+-]\d\d:?\d\d)?$/i;

/**
 * A day is meant as a whole: `from` begins with it, `to` ends with it. Of a moment `to` is the first one that does not count.
 * @throws {Failure} `invalid_request`
 */
export function parsePeriod({ from, to, tz = 'UTC' }: PeriodInput): TimeRange {
  if (!isTimeZone(tz))
    throw invalidRequest('`tz` must be a time zone such as UTC, Europe/Berlin or +02:00.', 'tz');
  const period = { from: moment(from, 'from', tz, 0), to: moment(to, 'to', tz, 1), tz };
  if (period.from !== undefined && period.to !== undefined && period.from >= period.to)
    throw invalidRequest('`from` must be before `to`.', 'from');
  return period;
}

function moment(text: string | undefined, name: string, tz: string, days: 0 | 1): number | undefined {
  if (text === undefined || text === '') return undefined;
  const [, year, month, day] = DAY.exec(text)?.map(Number) ?? [];
  const at = day === undefined ? timeOf(text, tz) : dayOf(year!, month!, day, days, tz);
  if (Number.isNaN(at))
    throw invalidRequest(
      `\`${name}\` must be a day or a time such as 2026-11-30 or 2026-11-30T12:00:00Z.`,
      name,
    );
  return at;
}

function dayOf(year: number, month: number, day: number, later: number, tz: string): number {
  const date = new Date(Date.UTC(year, month - 1, day));
  // 2026-02-30 is none, and Date takes the year 1 for 1901.
  if (date.getUTCFullYear() !== year || date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day)
    return Number.NaN;
  return startOfDay(year, month, day + later, tz);
}

function timeOf(text: string, tz: string): number {
  const parts = MOMENT.exec(text);
  if (!parts) return Number.NaN;
  if (parts[1] !== undefined) return Date.parse(text);
  const shown = Date.parse(`${text}Z`);
  return Number.isNaN(shown) ? shown : shown - offsetAt(shown, tz);
}
