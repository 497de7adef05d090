/** Which of the sums answer a question about usage, and for which parts of its period. */

import { DAY, HOUR } from '../../../core/durations.ts';
import type { Span, Summed, View } from './sums-schema.ts';
import { ALL, BY_HOUR_ALONE, SCOPES, SUMMED, storedValue } from './sums-schema.ts';
import { startOfBucket } from './time-buckets.ts';
import type { UsageQuery } from './usage-query.ts';

/** Which lines of the table answer a question, and which rows fill the ends of a period that is not made of whole hours. */
export interface SumsPlan {
  readonly view: View;
  readonly scope: string;
  /** The only values of the view that are meant, as they are stored. */
  readonly values: readonly string[] | undefined;
  /** The view, scope and values of everything that is meant together. */
  readonly whole: Pick<SumsPlan, 'view' | 'scope' | 'values'>;
  readonly group: Summed | undefined;
  /** The same for rows of the ledger. */
  readonly rows: { readonly sql: string; readonly values: readonly string[] };
  /** Milliseconds since the epoch. */
  readonly from: number;
  readonly to: number;
}

/** Milliseconds: years of a time zone that are looked at. */
const MAX_LOOKED_AT = 2 * 366 * DAY;
/** Later than any request. */
const END = 8_000_000_000_000;

const FILTERS = {
  key: 'keyId',
  project: 'projectId',
  user: 'user',
  agent: 'agent',
  session: 'session',
} as const;
const COLUMNS = {
  key: 'key_id',
  project: 'project_id',
  user: '"user"',
  agent: 'agent',
  session: 'session',
} as const;

/** @returns nothing where the sums do not have it: several names, or filters that are no scope */
export function sumsPlan(query: UsageQuery): SumsPlan | undefined {
  const { groupBy, filter } = query;
  const [group] = groupBy;
  if (groupBy.length > 1 || (group && !(SUMMED as readonly string[]).includes(group))) return undefined;
  if (filter.search || filter.status || filter.door || filter.model) return undefined;
  if (query.bucket && !beginsWithHours(query)) return undefined;
  const filtered = (Object.keys(FILTERS) as (keyof typeof FILTERS)[]).filter((name) => filter[FILTERS[name]]);
  if (filtered.length > 1) return undefined;
  const [dimension] = filtered;
  const values = dimension && filter[FILTERS[dimension]]!;
  const shape = shapeOf(group as Summed | undefined, dimension, values);
  if (!shape) return undefined;
  const list = values?.map(() => '?').join(', ');
  return {
    ...shape,
    group: group as Summed | undefined,
    rows: dimension
      ? { sql: `${COLUMNS[dimension]} IN (${list})`, values: values! }
      : { sql: 'true', values: [] },
    from: filter.from ?? 0,
    to: filter.to ?? END,
  };
}

type Shape = Pick<SumsPlan, 'view' | 'scope' | 'values' | 'whole'>;

function shapeOf(
  group: Summed | undefined,
  filtered: keyof typeof FILTERS | undefined,
  given: readonly string[] | undefined,
): Shape | undefined {
  const everything = { view: ALL, scope: '', values: undefined } as const;
  if (!filtered)
    return group ? { view: group, scope: '', values: undefined, whole: everything } : withItself(everything);
  const values = given!.map(storedValue);
  const whole = { view: filtered, scope: '', values } as const;
  if (!group || group === filtered) return withItself(whole);
  const scope = filtered === 'key' || filtered === 'project' ? SCOPES[filtered] : undefined;
  if (given!.length !== 1 || !scope?.views.has(group)) return undefined;
  return { view: group, scope: scope.nameOf(given![0]!), values: undefined, whole };
}

function withItself(whole: Shape['whole']): Shape {
  return { ...whole, whole };
}

/** Days of some time zones begin in the middle of an hour of UTC. */
function beginsWithHours({ bucket, tz = 'UTC', filter }: UsageQuery): boolean {
  if (tz === 'UTC') return true;
  const to = filter.to ?? Date.now();
  // Clocks change twice a year, in some zones by half an hour.
  for (let at = Math.max(filter.from ?? 0, to - MAX_LOOKED_AT); at < to; at += 30 * DAY)
    if (startOfBucket(at, bucket!, tz) % HOUR !== 0) return false;
  return true;
}

/** A part of a period that is made of whole days or hours: from (inclusive), to (exclusive). */
export interface Piece {
  readonly span: Span;
  readonly from: number;
  readonly to: number;
}

/** The period in whole days, whole hours, and what is left at its ends. */
export function piecesOf(query: UsageQuery, { view, whole, from, to }: SumsPlan) {
  const [firstHour, lastHour] = [Math.ceil(from / HOUR) * HOUR, Math.floor(to / HOUR) * HOUR];
  if (firstHour >= lastHour) return { pieces: [], edges: [{ from, to }] };
  const edges = [
    { from, to: firstHour },
    { from: lastHour, to },
  ].filter((edge) => edge.from < edge.to);
  const [firstDay, lastDay] = [Math.ceil(from / DAY) * DAY, Math.floor(to / DAY) * DAY];
  const isByHour = !isMadeOfDays(query) || BY_HOUR_ALONE.has(view) || BY_HOUR_ALONE.has(whole.view);
  if (firstDay >= lastDay || isByHour)
    return { pieces: [{ span: 'hour', from: firstHour, to: lastHour } as const], edges };
  const pieces: Piece[] = [
    { span: 'hour', from: firstHour, to: firstDay },
    { span: 'day', from: firstDay, to: lastDay },
    { span: 'hour', from: lastDay, to: lastHour },
  ];
  return { pieces: pieces.filter((piece) => piece.from < piece.to), edges };
}

/** Whether each day of UTC is in one period. */
function isMadeOfDays({ bucket, tz = 'UTC' }: UsageQuery): boolean {
  return !bucket || (bucket !== 'hour' && tz === 'UTC');
}
