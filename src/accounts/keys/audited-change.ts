/** What every change of keys and projects has in common: one transaction, and a row of the audit in it. */
import type { Transaction } from 'kysely';
import type { Database } from '../database/database.ts';
import type { Schema } from '../database/schema.ts';
import { writeAudit } from './audit-log.ts';

/** Who makes a change: `admin`, `local` (open mode) or `cli`. */
export type Actor = string;

/**
 * Makes a change and writes its audit row, both or neither.
 * @param action as the audit names it: `key.create`
 * @param subject id of the key or project
 * @param change returns what the audit is to say of it
 */
export async function audited(
  database: Database,
  actor: Actor,
  action: string,
  subject: string,
  change: (db: Transaction<Schema>) => Promise<object>,
): Promise<void> {
  const db = await database.queries();
  await db.transaction().execute(async (transaction) => {
    const details = await change(transaction);
    await writeAudit(transaction, { actor, action, subject, details });
  });
}

/** PostgreSQL lets others wait for the row; in SQLite the transaction has the file for itself. */
export function forUpdate<Query extends { forUpdate(): Query }>(database: Database, query: Query): Query {
  return database.kind === 'postgres' ? query.forUpdate() : query;
}
