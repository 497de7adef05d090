/**
 * The numbers of rows in SQLite. Each is larger than the one before it, so that rows are only ever appended; and none is
 * smaller than its row's time of arrival allows, so that "from that time on" is a range of numbers. An index on the time
 * would cost every row a page of its own.
 *
 * A clock that was ahead leaves a row that is numbered as if it came later, and so are those after it, until the time
 * has come: ranges then hold more rows than they need, never fewer.
 */

/** Numbers there are for each millisecond. Times beyond the year 2240 would no longer be exact. */
export const ROW_IDS_PER_MS = 1_024;

/** @param at arrival, in milliseconds since the epoch */
export function rowIdAfter(last: number, at: number): number {
  return Math.max(last + 1, minRowId(at));
}

/** The number that no row that arrived then, or later, is below. */
export function minRowId(at: number): number {
  return Math.floor(at) * ROW_IDS_PER_MS;
}
