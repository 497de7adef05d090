/** Puts rows into PostgreSQL's table; those that are there already stay as they are. */
import { type Kysely, sql } from 'kysely';
import { sqlState } from '../database/database-unavailable.ts';
import { LEDGER_COLUMN_LIST, type LedgerTable } from '../database/ledger-columns.ts';
import type { Schema } from '../database/schema.ts';
import { addSpending } from './spending.ts';

/** Classes of PostgreSQL's error codes that blame the row: bad data, a broken constraint, beyond a limit. */
const REFUSALS = new Set(['22', '23', '54']);

/**
 * @returns the rows PostgreSQL refuses, whenever they come; all others are there
 * @throws {DatabaseUnavailable} or what else has nothing to do with the rows
 */
export async function insertRows(
  db: Kysely<Schema>,
  rows: readonly LedgerTable[],
): Promise<{ row: LedgerTable; error: Error }[]> {
  try {
    await insert(db, rows);
    return [];
  } catch (error) {
    if (!REFUSALS.has(sqlState(error)?.slice(0, 2) ?? '')) throw error;
    if (rows.length === 1) return [{ row: rows[0]!, error: error as Error }];
    // One bad row must not hold up the rest: halve until it stands alone.
    const middle = Math.ceil(rows.length / 2);
    const left = await insertRows(db, rows.slice(0, middle));
    return [...left, ...(await insertRows(db, rows.slice(middle)))];
  }
}

/**
 * One parameter for any number of rows: thousands of single ones cost several times the processor time. In the same
 * statement, so that all of it or none is there, what the new ones among them cost is added up.
 */
async function insert(db: Kysely<Schema>, rows: readonly LedgerTable[]): Promise<void> {
  const columns = sql.raw(LEDGER_COLUMN_LIST);
  const json = JSON.stringify(rows);
  await sql`
    with arrived as (
      insert into ledger (${columns})
      select ${columns} from json_populate_recordset(null::ledger, ${json}::json)
      on conflict (id) do nothing
      returning at, key_id, project_id, "user", cost_nano, hold_nano
    )
    ${sql.raw(addSpending('arrived'))}`.execute(db);
}
