/** Calendar days of a time zone as moments, and back. Milliseconds since the epoch throughout. */
import { DAY } from './durations.ts';

const formats = new Map<string, Intl.DateTimeFormat>();
/** There are some 600 names; nobody needs more than a few. */
const MAX_FORMATS = 50;

/** @returns whether it is a name of the IANA database, or an offset such as `+02:00` */
export function isTimeZone(name: string): boolean {
  try {
    formatOf(name);
    return true;
  } catch {
    return false;
  }
}

/** A date and time as clocks show them, without a zone. */
export interface LocalTime {
  readonly year: number;
  /** From 1. */
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
}

/** @param at milliseconds since the epoch @param zone an IANA name or an offset such as `+02:00` */
export function localTime(at: number, zone: string): LocalTime {
  if (zone === 'UTC') return fieldsOf(at);
  return fieldsOf(at + offsetAt(at, zone));
}

function fieldsOf(shifted: number): LocalTime {
  const date = new Date(shifted);
  return {
    year: date.getUTCFullYear(),
    month: date.getUTCMonth() + 1,
    day: date.getUTCDate(),
    hour: date.getUTCHours(),
    minute: date.getUTCMinutes(),
    second: date.getUTCSeconds(),
  };
}

/** What clocks of the zone are ahead of UTC, in milliseconds. */
export function offsetAt(at: number, zone: string): number {
  if (zone === 'UTC') return 0;
  const parts = Object.fromEntries(
    formatOf(zone)
      .formatToParts(at)
      .map(({ type, value }) => [type, value]),
  );
  const { year, month, day, hour, minute, second } = parts as Record<string, string>;
  const shown = Date.UTC(+year!, +month! - 1, +day!, +hour!, +minute!, +second!);
  return shown - Math.floor(at / 1000) * 1000;
}

/**
 * When a day begins: its midnight, or the first moment after it where clocks are put forward over midnight.
 * @param day may be beyond the end of the month, or before its beginning, as for `Date.UTC`
 */
export function startOfDay(year: number, month: number, day: number, zone: string): number {
  const midnight = Date.UTC(year, month - 1, day);
  if (zone === 'UTC') return midnight;
  // The offset before and after a change of clocks: the earlier moment that shows midnight counts.
  const guesses = [midnight - offsetAt(midnight - DAY, zone), midnight - offsetAt(midnight + DAY, zone)];
  const shows = guesses.filter((guess) => guess + offsetAt(guess, zone) === midnight);
  return shows.length > 0 ? Math.min(...shows) : Math.max(...guesses);
}

function formatOf(zone: string): Intl.DateTimeFormat {
  const known = formats.get(zone);
  if (known) return known;
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  if (formats.size >= MAX_FORMATS) formats.clear();
  formats.set(zone, format);
  return format;
}
