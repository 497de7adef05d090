/**
 * Sums of usage that SQLite's ledger keeps, so that a report over a million requests reads some hundred lines. Each line is of
 * one value of one dimension (a view) within everything, a key or a project (the scope), in one day or hour of UTC.
 */
import { COUNT_NAMES } from './usage-groups.ts';
import type { Dimension } from './usage-query.ts';

/** Dimensions with sums of their own; all others are counted from the rows. */
export const SUMMED = ['key', 'project', 'model', 'user', 'agent', 'session'] as const satisfies Dimension[];
export type Summed = (typeof SUMMED)[number];

/** Of everything within a scope. */
export const ALL = 'all';
export type View = Summed | typeof ALL;

export const HOUR = 3_600_000;
export const DAY = 24 * HOUR;
export const SPANS = { hour: HOUR, day: DAY } as const;
export type Span = keyof typeof SPANS;

/** Views that there are within a key, and within a project. */
export const WITHIN_KEY: ReadonlySet<Summed> = new Set(['model', 'user', 'agent', 'session']);
export const WITHIN_PROJECT: ReadonlySet<Summed> = new Set(['key', 'model', 'user', 'agent']);
/** Sessions are many and over soon: sums of days would be as many lines as those of hours. */
export const BY_HOUR_ALONE: ReadonlySet<View> = new Set(['session']);

/** Scopes as the table has them; that of everything is empty. */
export const keyScope = (id: string) => `key:${id}`;
export const projectScope = (id: string) => `project:${id}`;

/** Values as the table has them: a value that is missing is one of its own. */
export const storedValue = (value: string | null) => (value === null ? '' : `=${value}`);
export const shownValue = (stored: string) => (stored === '' ? null : stored.slice(1));

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
