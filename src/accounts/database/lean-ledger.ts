/**
 * A step of the tables' history: a row of the ledger touches as few indexes as can be. What keys, projects and users have
 * spent is a table of its own, in place of indexes over every row and of the sums of deleted rows.
 */
import { type Kysely, SqliteAdapter, sql } from 'kysely';
import { ROWS_A_MILLISECOND } from '../ledger/row-number.ts';
import { addSpending } from '../ledger/spending.ts';

const COLUMNS = [
  'id',
  'request_id',
  'at',
  'key_id',
  'project_id',
  'user',
  'chain',
  'model',
  'provider',
  'cache',
  'input_tokens',
  'cached_input_tokens',
  'cache_write_tokens',
  'output_tokens',
  'reasoning_tokens',
  'cost_nano',
  'hold_nano',
  'error',
  'prompt_hash',
  'prompt',
  'receipt',
] as const;

export async function leanLedger(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('spending')
    .addColumn('subject', 'text', (column) => column.notNull())
    .addColumn('day', 'bigint', (column) => column.notNull())
    .addColumn('spent_nano', 'bigint', (column) => column.notNull())
    .addPrimaryKeyConstraint('spending_key', ['subject', 'day'])
    .execute();
  await sql`insert into spending select subject, day, spent_nano from forgotten_spending`.execute(db);
  await sql.raw(addSpending('ledger')).execute(db);
  await db.schema.dropTable('forgotten_spending').execute();
  for (const index of ['ledger_request', 'ledger_key', 'ledger_project'])
    await db.schema.dropIndex(index).execute();
  if (db.getExecutor().adapter instanceof SqliteAdapter) await numberRows(db);
  else await sql`alter table ledger alter column request_id drop not null`.execute(db);
  await sql`create index ledger_request on ledger (request_id) where request_id is not null`.execute(db);
}

/** SQLite cannot give a table another primary key: the rows move to a new one. */
async function numberRows(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('numbered_ledger')
    .addColumn('number', 'integer', (column) => column.primaryKey())
    .addColumn('id', 'text', (column) => column.notNull().unique())
    .addColumn('request_id', 'text')
    .addColumn('at', 'bigint', (column) => column.notNull())
    .addColumn('key_id', 'text')
    .addColumn('project_id', 'text')
    .addColumn('user', 'text')
    .addColumn('chain', 'text', (column) => column.notNull())
    .addColumn('model', 'text')
    .addColumn('provider', 'text')
    .addColumn('cache', 'text', (column) => column.notNull())
    .addColumn('input_tokens', 'bigint', (column) => column.notNull())
    .addColumn('cached_input_tokens', 'bigint', (column) => column.notNull())
    .addColumn('cache_write_tokens', 'bigint', (column) => column.notNull())
    .addColumn('output_tokens', 'bigint', (column) => column.notNull())
    .addColumn('reasoning_tokens', 'bigint', (column) => column.notNull())
    .addColumn('cost_nano', 'bigint')
    .addColumn('hold_nano', 'bigint', (column) => column.notNull())
    .addColumn('error', 'text')
    .addColumn('prompt_hash', 'text', (column) => column.notNull())
    .addColumn('prompt', 'text')
    .addColumn('receipt', 'text', (column) => column.notNull())
    .execute();
  const columns = sql.join(COLUMNS.map((column) => sql.ref(column)));
  // In the order of arrival each row gets the number of its time, or the one after the row before.
  await sql`
    insert into numbered_ledger (number, ${columns})
    select max(at * ${sql.lit(ROWS_A_MILLISECOND)} - place) over (order by place) + place, ${columns}
    from (select row_number() over (order by at, rowid) as place, ledger.* from ledger)
    order by place`.execute(db);
  await sql`create table counted (number integer not null)`.execute(db);
  await sql`insert into counted select coalesce(max(number), 0) from numbered_ledger`.execute(db);
  await db.schema.dropTable('ledger').execute();
  await db.schema.alterTable('numbered_ledger').renameTo('ledger').execute();
}
