/** Forgets old rows, and keeps what they cost: a budget must not grow back. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Kysely, sql, type Transaction } from 'kysely';
import type { ForgottenSpendingTable, LedgerTable, Schema } from '../database/schema.ts';

/** Small, so that neither the event loop (SQLite) nor other writers (PostgreSQL) wait long. */
const ROWS_AT_ONCE = 500;
/** Milliseconds between two batches. */
const PAUSE = 10;
const DAY = 86_400_000;

type Spending = Pick<LedgerTable, 'at' | 'key_id' | 'project_id' | 'user' | 'cost_nano' | 'hold_nano'>;

/** @param before milliseconds since the epoch */
export async function pruneRows(db: Kysely<Schema>, before: number): Promise<void> {
  for (;;) {
    const forgotten = await db.transaction().execute((transaction) => forgetSome(transaction, before));
    if (forgotten < ROWS_AT_ONCE) return;
    await sleep(PAUSE);
  }
}

async function forgetSome(db: Transaction<Schema>, before: number): Promise<number> {
  const oldest = db
    .selectFrom('ledger')
    .select('id')
    .where('at', '<', before)
    .orderBy('at')
    .orderBy('id')
    .limit(ROWS_AT_ONCE);
  const rows = await db
    .deleteFrom('ledger')
    .where('id', 'in', oldest)
    .returning(['at', 'key_id', 'project_id', 'user', 'cost_nano', 'hold_nano'])
    .execute();
  for (const spending of sumsOf(rows))
    await db
      .insertInto('forgotten_spending')
      .values(spending)
      .onConflict((conflict) =>
        conflict.columns(['subject', 'day']).doUpdateSet({
          spent_nano: sql`forgotten_spending.spent_nano + excluded.spent_nano`,
        }),
      )
      .execute();
  return rows.length;
}

/** By subject and day, in an order that keeps two instances that prune at the same time from blocking each other. */
function sumsOf(rows: readonly Spending[]): ForgottenSpendingTable[] {
  const sums = new Map<string, ForgottenSpendingTable>();
  for (const row of rows) {
    // Unknown cost is charged as what was held.
    const spent = Number(row.cost_nano ?? row.hold_nano);
    if (spent === 0) continue;
    const day = Math.floor(Number(row.at) / DAY) * DAY;
    for (const subject of subjectsOf(row)) {
      const name = `${subject} ${day}`;
      const sum = sums.get(name) ?? { subject, day, spent_nano: 0 };
      sum.spent_nano += spent;
      sums.set(name, sum);
    }
  }
  return [...sums.entries()].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, sum]) => sum);
}

function subjectsOf({ key_id: key, project_id: project, user }: Spending): string[] {
  const subjects = [];
  if (key !== null) subjects.push(`key:${key}`);
  if (project !== null) subjects.push(`project:${project}`);
  if (key !== null && user !== null) subjects.push(`user:${key}:${user}`);
  return subjects;
}
