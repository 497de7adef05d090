/** Forgets old rows. What they cost stays where it is: a budget must not grow back. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Kysely, sql } from 'kysely';
import { DAY } from '../../core/durations.ts';
import type { Engine, Schema } from '../database/schema.ts';
import { minRowId } from './row-id.ts';
import { COUNT } from './spending.ts';
import { SUMS_LOCK } from './usage/sums-schema.ts';

/** Small, so that neither the event loop (SQLite) nor other writers (PostgreSQL) wait long. */
const ROWS_AT_ONCE = 500;
/** Milliseconds between two batches. */
const PAUSE = 10;

/** @param before milliseconds since the epoch */
export async function pruneRows(db: Kysely<Schema>, engine: Engine, before: number): Promise<void> {
  for (;;) {
    const forgotten = await db.transaction().execute(async (transaction) => {
      // What a row cost must be counted before the row is gone.
      if (engine === 'sqlite') for (const statement of COUNT) await sql.raw(statement).execute(transaction);
      return forgetSome(transaction, engine, before);
    });
    if (forgotten < ROWS_AT_ONCE) break;
    await sleep(PAUSE);
  }
  await forgetSums(db, engine, before);
}

/** Refused requests cost nothing, so that nothing is to be counted before they go. */
export async function pruneRefused(db: Kysely<Schema>, before: number): Promise<void> {
  for (;;) {
    const old = db
      .selectFrom('ledger')
      .select('id')
      .where('refused_status', 'is not', null)
      .where('at', '<', before)
      .limit(ROWS_AT_ONCE);
    const { numDeletedRows } = await db.deleteFrom('ledger').where('id', 'in', old).executeTakeFirstOrThrow();
    if (Number(numDeletedRows) < ROWS_AT_ONCE) return;
    await sleep(PAUSE);
  }
}

/** Sums of usage go by whole days: a day of which some is left is told as it was. */
async function forgetSums(db: Kysely<Schema>, engine: Engine, before: number): Promise<void> {
  await db.transaction().execute(async (transaction) => {
    if (engine === 'postgres')
      await sql`select pg_advisory_xact_lock(${sql.lit(SUMS_LOCK)})`.execute(transaction);
    await sql`delete from usage_sums where start < ${before - (before % DAY)}`.execute(transaction);
  });
}

async function forgetSome(db: Kysely<Schema>, engine: Engine, before: number): Promise<number> {
  const oldest = db.selectFrom('ledger').select('id').limit(ROWS_AT_ONCE);
  const old =
    engine === 'sqlite'
      ? // A row that was written after `before` goes by when it was written.
        oldest.where('row_id', '<', minRowId(before)).orderBy('row_id')
      : oldest.where('at', '<', before).orderBy('at').orderBy('id');
  const { numDeletedRows } = await db.deleteFrom('ledger').where('id', 'in', old).executeTakeFirstOrThrow();
  return Number(numDeletedRows);
}
