/**
 * Sums of usage that SQLite's ledger keeps, so that a report over a million requests reads some hundred lines. Each line is of
 * one value of one dimension (a view) within everything, a key or a project (the scope), in one day or hour of UTC.
 */
import { DAY, HOUR } from '../../../core/durations.ts';
import { COUNT_NAMES } from './usage-groups.ts';
import type { Dimension } from './usage-query.ts';

/** Dimensions with sums of their own; all others are counted from the rows. */
export const SUMMED = ['key', 'project', 'model', 'user', 'agent', 'session'] as const satisfies Dimension[];
/** A dimension that has sums of its own. */
export type Summed = (typeof SUMMED)[number];

/** The view that is not divided: everything within a scope. */
export const ALL = 'all';
/** By what the requests of a line are divided. */
export type View = Summed | typeof ALL;

/** Milliseconds that a line of the table covers, by what the table calls them. */
export const SPANS = { hour: HOUR, day: DAY } as const;
/** As the table says it. */
export type Span = keyof typeof SPANS;

/** What usage is summed within besides everything: how the table names such a scope, and the views that there are within it. */
export const SCOPES = {
  key: { nameOf: (id: string) => `key:${id}`, views: new Set<Summed>(['model', 'user', 'agent', 'session']) },
  project: {
    nameOf: (id: string) => `project:${id}`,
    views: new Set<Summed>(['key', 'model', 'user', 'agent']),
  },
} as const;
/** Sessions are many and over soon: sums of days would be as many lines as those of hours. */
export const BY_HOUR_ALONE: ReadonlySet<View> = new Set(['session']);

/** Values as the table has them: empty for rows without one, so that it can be part of a primary key. */
export const storedValue = (value: string | null) => (value === null ? '' : `=${value}`);
/** The reverse of {@link storedValue}. */
export const shownValue = (stored: string) => (stored === '' ? null : stored.slice(1));

/** Statements that make the tables where they are missing; safe to run at every start. */
export const USAGE_SUMS = [
  `CREATE TABLE IF NOT EXISTS usage_sums (
    view text NOT NULL, scope text NOT NULL, span text NOT NULL, start integer NOT NULL, value text NOT NULL,
    ${COUNT_NAMES.map((name) => `${name} integer NOT NULL`).join(', ')},
    durations text NOT NULL, first_tokens text NOT NULL,
    PRIMARY KEY (view, scope, span, start, value)) WITHOUT ROWID`,
  // The last row that is in the sums.
  'CREATE TABLE IF NOT EXISTS usage_watermark (row_id integer NOT NULL)',
  'INSERT INTO usage_watermark SELECT 0 WHERE NOT EXISTS (SELECT 1 FROM usage_watermark)',
] as const;
