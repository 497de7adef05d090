/** The tables' history, in order; each step runs once, on SQLite and PostgreSQL alike. */
import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';
import { leanLedger } from './lean-ledger.ts';

async function firstTables(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('projects')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('alias', 'text', (column) => column.notNull())
    .addColumn('rpm', 'bigint')
    .addColumn('tpm', 'bigint')
    .addColumn('max_concurrency', 'bigint')
    .addColumn('budget_nano', 'bigint')
    .addColumn('budget_period', 'text')
    .addColumn('deleted_at', 'bigint')
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .execute();
  await db.schema
    .createTable('keys')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('hash', 'text', (column) => column.notNull().unique())
    .addColumn('last_four', 'text', (column) => column.notNull())
    .addColumn('alias', 'text', (column) => column.notNull())
    .addColumn('project_id', 'text')
    .addColumn('user', 'text')
    .addColumn('models', 'text')
    .addColumn('rpm', 'bigint')
    .addColumn('tpm', 'bigint')
    .addColumn('max_concurrency', 'bigint')
    .addColumn('budget_nano', 'bigint')
    .addColumn('budget_period', 'text')
    .addColumn('user_rpm', 'bigint')
    .addColumn('user_tpm', 'bigint')
    .addColumn('user_budget_nano', 'bigint')
    .addColumn('expires_at', 'bigint')
    .addColumn('revoked_at', 'bigint')
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .execute();
  await db.schema
    .createTable('ledger')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('request_id', 'text', (column) => column.notNull())
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
  await db.schema.createIndex('ledger_request').on('ledger').column('request_id').execute();
  await db.schema.createIndex('ledger_at').on('ledger').column('at').execute();
  // Sums of spending are read from these alone.
  const spending = ['cost_nano', 'hold_nano'];
  await db.schema
    .createIndex('ledger_key')
    .on('ledger')
    .columns(['key_id', 'at', 'user', ...spending])
    .where('key_id', 'is not', null)
    .execute();
  await db.schema
    .createIndex('ledger_project')
    .on('ledger')
    .columns(['project_id', 'at', ...spending])
    .where('project_id', 'is not', null)
    .execute();
  await db.schema
    .createTable('audit')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('at', 'bigint', (column) => column.notNull())
    .addColumn('actor', 'text', (column) => column.notNull())
    .addColumn('action', 'text', (column) => column.notNull())
    .addColumn('subject', 'text', (column) => column.notNull())
    .addColumn('details', 'text', (column) => column.notNull())
    .execute();
  await db.schema
    .createTable('rests')
    .addColumn('target', 'text', (column) => column.primaryKey())
    .addColumn('until', 'bigint', (column) => column.notNull())
    .addColumn('because', 'text', (column) => column.notNull())
    .execute();
  await db.schema
    .createTable('settings')
    .addColumn('name', 'text', (column) => column.primaryKey())
    .addColumn('value', 'text', (column) => column.notNull())
    .execute();
}

async function retention(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('forgotten_spending')
    .addColumn('subject', 'text', (column) => column.notNull())
    .addColumn('day', 'bigint', (column) => column.notNull())
    .addColumn('spent_nano', 'bigint', (column) => column.notNull())
    .addPrimaryKeyConstraint('forgotten_spending_key', ['subject', 'day'])
    .execute();
}

/** By name, in alphabetical order. */
export const migrations: Readonly<Record<string, Migration>> = {
  '2026-11-23-first-tables': { up: firstTables },
  '2026-11-24-retention': { up: retention },
  '2026-11-25-lean-ledger': { up: leanLedger },
};
