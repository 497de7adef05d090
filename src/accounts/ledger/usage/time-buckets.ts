/** Periods of time in a time zone: hours, days, weeks from Monday, months. Milliseconds since the epoch. */
import { HOUR } from '../../../core/durations.ts';
import { localTime, offsetAt, startOfDay } from '../../../core/time-zone.ts';
import type { Bucket } from './usage-query.ts';

/** Clocks of all zones differ from UTC by a multiple of this, and change at one. */
const QUARTER = 900_000;

/** The beginning of the period a moment is in. */
export function startOfBucket(at: number, bucket: Bucket, tz: string): number {
  const { year, month, day, minute, second } = localTime(at, tz);
  switch (bucket) {
    case 'hour':
      return Math.floor(at / 1_000) * 1_000 - (minute * 60 + second) * 1_000;
    case 'day':
      return startOfDay(year, month, day, tz);
    case 'week': {
      const sinceMonday = (new Date(Date.UTC(year, month - 1, day)).getUTCDay() + 6) % 7;
      return startOfDay(year, month, day - sinceMonday, tz);
    }
    case 'month':
      return startOfDay(year, month, 1, tz);
  }
}

/** The same for many moments: what a quarter of an hour belongs to is found once. */
export function bucketFinder(bucket: Bucket, tz: string): (at: number) => number {
  const known = new Map<number, number>();
  return (at) => {
    const quarter = Math.floor(at / QUARTER);
    let start = known.get(quarter);
    if (start === undefined) {
      start = startOfBucket(quarter * QUARTER, bucket, tz);
      known.set(quarter, start);
    }
    return start;
  };
}

/** The beginnings of all periods from a moment to another. */
export function bucketsBetween(from: number, to: number, bucket: Bucket, tz: string): number[] {
  const starts: number[] = [];
  const step = bucket === 'hour' ? HOUR : 20 * HOUR;
  for (let at = from; at < to; at += step) {
    const start = startOfBucket(at, bucket, tz);
    if (start !== starts.at(-1)) starts.push(start);
  }
  const last = startOfBucket(to - 1, bucket, tz);
  if (to > from && last !== starts.at(-1)) starts.push(last);
  return starts;
}

/** `2026-11-30T00:00:00+01:00`: a moment as clocks of the zone show it. */
export function localIso(at: number, tz: string): string {
  const offset = offsetAt(at, tz);
  const shown = new Date(at + offset).toISOString().slice(0, 19);
  if (offset === 0) return `${shown}Z`;
  const minutes = Math.round(Math.abs(offset) / 60_000);
  const sign = offset < 0 ? '-' : '+';
  return `${shown}${sign}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}

/** `2026-11-30`; `2026-11` for a month, `2026-11-30T13:00` for an hour. */
export function bucketName(at: number, bucket: Bucket, tz: string): string {
  const shown = new Date(at + offsetAt(at, tz)).toISOString();
  return shown.slice(0, { hour: 16, day: 10, week: 10, month: 7 }[bucket]);
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}
