/**
 * What requests have cost their subjects, by day: budgets ask for sums, and their periods begin with a day. The sums
 * come from the rows themselves, in the database, so that a row counts exactly once.
 */
import { DAY } from '../../core/durations.ts';

/** Milliseconds. */

/** Unknown cost is charged as what was held. */
const SPENT = 'coalesce(cost_nano, hold_nano)';

/** In SQLite: rows that are not in the sums yet. */
const UNCOUNTED = 'row_id > (SELECT row_id FROM spending_watermark)';
/** Makes that none: in a transaction, before anything else is deleted or asked. */
export const COUNT = [
  addSpending('ledger', UNCOUNTED),
  'UPDATE spending_watermark SET row_id = coalesce((SELECT max(row_id) FROM ledger), row_id)',
] as const;
/** Subject, day and cost of what is not in the sums yet. */
export const UNCOUNTED_SPENDING = spendingOf('ledger', UNCOUNTED);

/**
 * Adds up rows as a statement for SQLite and PostgreSQL; sums that are there grow.
 * @param rows a name for the ledger, or for rows with the same columns
 * @param where which of them
 */
export function addSpending(rows: string, where = 'true'): string {
  // In one order, so that two who add at the same time cannot block each other.
  return `
    INSERT INTO spending (subject, day, spent_nano)
    SELECT subject, day, sum(spent_nano) FROM (${spendingOf(rows, where)}) AS each_row
    GROUP BY subject, day HAVING sum(spent_nano) <> 0 ORDER BY subject, day
    ON CONFLICT (subject, day) DO UPDATE SET spent_nano = spending.spent_nano + excluded.spent_nano`;
}

/** Subject, day and cost of each row, once for each of its subjects. */
export function spendingOf(rows: string, where: string): string {
  const of = (subject: string) => `
    SELECT ${subject} AS subject, at - at % ${DAY} AS day, ${SPENT} AS spent_nano
    FROM ${rows} WHERE ${subject} IS NOT NULL AND ${where}`;
  return [`'key:' || key_id`, `'project:' || project_id`, `'user:' || key_id || ':' || "user"`]
    .map(of)
    .join(' UNION ALL ');
}
