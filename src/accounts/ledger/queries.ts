/** What is asked of the ledger's table, the same for SQLite and PostgreSQL. */

import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { NanoDollars } from '../../core/money.ts';
import type { Receipt } from '../../events/receipt.ts';
import { TOKEN_COLUMNS } from '../database/ledger-columns.ts';
import type { Engine, Schema } from '../database/schema.ts';
import type { Outcome } from '../limits/limits.ts';
import { storable } from '../storable.ts';
import { ownIdIn } from './request-id.ts';
import type { NumberedRow } from './request-list.ts';
import { decodeReceipt } from './row.ts';
import { UNCOUNTED_SPENDING } from './spending.ts';

/**
 * The newest row of a request, a call's before that of a refusal under the same id.
 * @param requestId as the caller was told it
 * @param keyId only a row of this key
 */
export async function findRow(
  db: Kysely<Schema>,
  requestId: string,
  keyId: string | undefined,
): Promise<NumberedRow | undefined> {
  const id = ownIdIn(requestId);
  let query = db
    .selectFrom('ledger')
    .selectAll()
    .where((is) =>
      is.or([
        is('request_id', '=', requestId),
        ...(id === undefined ? [] : [is.and([is('id', '=', id), is('request_id', 'is', null)])]),
      ]),
    );
  if (keyId !== undefined) query = query.where('key_id', '=', keyId);
  // An id may come again after it was refused: then the call counts.
  return query
    .orderBy('refused_status', (order) => order.asc().nullsFirst())
    .orderBy('at', 'desc')
    .limit(1)
    .executeTakeFirst();
}

/** @returns nothing for a refused request */
export function receiptOf(row: NumberedRow | undefined): Receipt | undefined {
  return row && row.refused_status === null ? decodeReceipt(row) : undefined;
}

/**
 * @param subject `key:<id>`, `project:<id>` or `user:<key id>:<user>`
 * @param since the beginning of a day in UTC
 */
export async function sumSpent(
  db: Kysely<Schema>,
  engine: Engine,
  subject: string,
  since: number,
): Promise<NanoDollars> {
  const sumOf = (source: RawBuilder<unknown>) => sql<{ spent: number }>`
    select coalesce(sum(spent_nano), 0) as spent from ${source}
    where subject = ${storable(subject)} and day >= ${since}`;
  const counted = sumOf(sql`spending`);
  // In one statement: a row must not be counted between two of them.
  const { rows } =
    engine === 'postgres'
      ? await counted.execute(db)
      : await sql<{ spent: number }>`
          select (${counted}) + (${sumOf(sql`(${sql.raw(UNCOUNTED_SPENDING)})`)}) as spent`.execute(db);
  return Number(rows[0]?.spent ?? 0);
}

/** Of all time, by subject. */
export async function sumSpentInAll(
  db: Kysely<Schema>,
  engine: Engine,
  subjects: readonly string[],
): Promise<Map<string, NanoDollars>> {
  if (subjects.length === 0) return new Map();
  // In one statement: a row must not be counted between two of them.
  const source =
    engine === 'postgres'
      ? sql`spending`
      : sql`(select subject, day, spent_nano from spending union all ${sql.raw(UNCOUNTED_SPENDING)})`;
  const { rows } = await sql<{ subject: string; spent: number }>`
    select subject, sum(spent_nano) as spent from ${source} as spent
    where subject in (${sql.join(subjects)}) group by subject`.execute(db);
  return new Map(rows.map(({ subject, spent }) => [subject, Number(spent)]));
}

/**
 * What the ledger knows of a call whose process was killed before it settled.
 * @returns nothing where it has no row: the call never got there
 */
export async function findOutcome(db: Kysely<Schema>, id: string): Promise<Outcome | undefined> {
  const row = await db.selectFrom('ledger').selectAll().where('id', '=', id).executeTakeFirst();
  if (!row) return undefined;
  const tokens = TOKEN_COLUMNS.reduce((sum, column) => sum + row[column], 0);
  // Unknown cost is charged as what was held.
  return { tokens, cost: row.cost_nano ?? row.hold_nano };
}
