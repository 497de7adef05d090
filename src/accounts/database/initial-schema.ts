/** The tables of a new database. Whoever changes them raises TABLES_VERSION and says in `upgrade.ts` what earlier ones lack. */

import { POSTGRES_USAGE_SUMS, SQLITE_USAGE_SUMS } from '../ledger/usage/sums-schema.ts';
import { LIMIT_KINDS, type LimitKind, USER_LIMIT_KINDS, USER_PREFIX } from '../limits/limit-table.ts';
import { LEDGER_COLUMNS } from './ledger-columns.ts';
import type { Engine } from './schema.ts';

const TABLES_VERSION = 6;

/** A new kind of limit raises it by its own line. */
export const SCHEMA_VERSION = String(
  Math.max(TABLES_VERSION, ...LIMIT_KINDS.map(({ since = 1 }: LimitKind) => since)),
);

const LIMITS = `${LIMIT_KINDS.map(({ column }) => `${column} bigint`).join(', ')}, budget_period text`;
const USER_LIMITS = USER_LIMIT_KINDS.map(({ column }) => `${USER_PREFIX}${column} bigint`).join(', ');

/** @returns statements that change nothing where the tables are there */
export function initialSchema(engine: Engine): readonly string[] {
  return [
    ...SHARED_TABLES,
    ...(engine === 'sqlite' ? SQLITE_LEDGER : POSTGRES_LEDGER),
    'CREATE INDEX IF NOT EXISTS ledger_request ON ledger (request_id) WHERE request_id IS NOT NULL',
    'CREATE INDEX IF NOT EXISTS ledger_refused ON ledger (at) WHERE refused_status IS NOT NULL',
    `INSERT INTO settings (name, value) VALUES ('schema-version', '${SCHEMA_VERSION}') ON CONFLICT (name) DO NOTHING`,
  ];
}

const SHARED_TABLES = [
  `CREATE TABLE IF NOT EXISTS projects (
    id text PRIMARY KEY, alias text NOT NULL, ${LIMITS}, deleted_at bigint, created_at bigint NOT NULL)`,
  `CREATE TABLE IF NOT EXISTS keys (
    id text PRIMARY KEY, hash text NOT NULL UNIQUE, last_four text NOT NULL, alias text NOT NULL, project_id text,
    "user" text, models text, guardrail text, ${LIMITS}, ${USER_LIMITS},
    expires_at bigint, blocked_at bigint, revoked_at bigint, created_at bigint NOT NULL)`,
  `CREATE TABLE IF NOT EXISTS sessions (
    hash text PRIMARY KEY, owner text NOT NULL, expires_at bigint NOT NULL)`,
  `CREATE TABLE IF NOT EXISTS audit (
    id text PRIMARY KEY, at bigint NOT NULL, actor text NOT NULL, action text NOT NULL, subject text NOT NULL,
    details text NOT NULL)`,
  'CREATE TABLE IF NOT EXISTS cooldowns (target text PRIMARY KEY, until bigint NOT NULL, because text NOT NULL)',
  'CREATE TABLE IF NOT EXISTS settings (name text PRIMARY KEY, value text NOT NULL)',
  `CREATE TABLE IF NOT EXISTS spending (
    subject text NOT NULL, day bigint NOT NULL, spent_nano bigint NOT NULL, PRIMARY KEY (subject, day))`,
] as const;

/** @param keyOfId the constraint of the column `id` */
function ledgerColumns(keyOfId: string): string {
  return Object.entries(LEDGER_COLUMNS)
    .map(([name, { sql }]) => `"${name}" ${sql}${name === 'id' ? ` ${keyOfId}` : ''}`)
    .join(', ');
}

const SQLITE_LEDGER = [
  `CREATE TABLE IF NOT EXISTS ledger (row_id integer PRIMARY KEY, ${ledgerColumns('UNIQUE')})`,
  // The last row whose cost is in `spending`.
  'CREATE TABLE IF NOT EXISTS spending_watermark (row_id integer NOT NULL)',
  'INSERT INTO spending_watermark SELECT 0 WHERE NOT EXISTS (SELECT 1 FROM spending_watermark)',
  ...SQLITE_USAGE_SUMS,
] as const;

const POSTGRES_LEDGER = [
  `CREATE TABLE IF NOT EXISTS ledger (${ledgerColumns('PRIMARY KEY')}, row_id bigserial)`,
  'CREATE INDEX IF NOT EXISTS ledger_row ON ledger (row_id)',
  'CREATE INDEX IF NOT EXISTS ledger_at ON ledger (at)',
  ...POSTGRES_USAGE_SUMS,
] as const;
