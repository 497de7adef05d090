/**
 * The tables, the same in SQLite and PostgreSQL but for the ledger's key: SQLite's `row_id` takes the place of an index on `at`
 * (see ledger/row-id.ts). Times are milliseconds since the epoch, money is nano-dollars (both
 * fit a double exactly), lists and receipts are JSON text, yes and no are 1 and 0.
 */
import type { Generated } from 'kysely';
import type { LIMIT_KINDS, USER_PREFIX } from '../limits/limit-table.ts';
import type { LedgerTable } from './ledger-columns.ts';

export type { LedgerTable } from './ledger-columns.ts';

/** Where the two databases need statements of their own. */
export type Engine = 'sqlite' | 'postgres';

/** All tables by name, for the query builder. */
export interface Schema {
  keys: KeysTable;
  projects: ProjectsTable;
  ledger: NumberedLedgerTable;
  spending: SpendingTable;
  audit: AuditTable;
  cooldowns: CooldownsTable;
  settings: SettingsTable;
  sessions: SessionsTable;
}

type LimitLine = (typeof LIMIT_KINDS)[number];

/** A column that holds one kind of limit; see limit-table.ts. */
export type LimitColumn = LimitLine['column'];
type UserLimitColumn = Extract<LimitLine, { readonly isForUsers: true }>['column'];

/** Limits of a key or project; null is no limit. */
export type LimitColumns = { [Name in LimitColumn]: number | null } & { budget_period: string | null };

/** The same for each user of a key. */
export type UserLimitColumns = {
  [Name in UserLimitColumn as `${typeof USER_PREFIX}${Name}`]: number | null;
};

/** One row a key, also when it is revoked: the ledger goes on naming it. */
export interface KeysTable extends LimitColumns, UserLimitColumns {
  id: string;
  /** HMAC-SHA256 of the key, base64url; the key itself is never stored. */
  hash: string;
  /** The last four characters, for people to tell keys apart. */
  last_four: string;
  alias: string;
  project_id: string | null;
  user: string | null;
  /** JSON list of model and chain names; null allows all. */
  models: string | null;
  /** `always` or `off`; null leaves it to chain and door. */
  guardrail: string | null;
  expires_at: number | null;
  /** Does not work until it is unblocked. */
  blocked_at: number | null;
  revoked_at: number | null;
  created_at: number;
}

/** One row a project, also when it is deleted. */
export interface ProjectsTable extends LimitColumns {
  id: string;
  alias: string;
  deleted_at: number | null;
  created_at: number;
}

/** A row of the ledger as it is read: with the number that the database gave it. */
export interface NumberedLedgerTable extends LedgerTable {
  /** Grows with every row. In SQLite it says something of its time; in PostgreSQL it only counts. */
  row_id: Generated<number>;
}

/**
 * What requests have cost, by subject and day; it stays when rows are deleted. In SQLite the ledger's last rows may not be
 * in it yet: those after the id in `spending_watermark`.
 */
export interface SpendingTable {
  /** `key:<id>`, `project:<id>`, `user:<key id>:<user>`. */
  subject: string;
  /** The beginning, in UTC, of the day the requests arrived, in milliseconds since the epoch. */
  day: number;
  spent_nano: number;
}

/** Every change to keys and projects. */
export interface AuditTable {
  id: string;
  at: number;
  /** `admin`, `local` or `cli`. */
  actor: string;
  action: string;
  subject: string;
  details: string;
}

/** Targets that cool down across restarts: models their provider has retired. */
export interface CooldownsTable {
  target: string;
  until: number;
  because: string;
}

/** Browsers that are signed in. */
export interface SessionsTable {
  /** HMAC-SHA256 of the token in the cookie, base64url. */
  hash: string;
  /** `key:<id>`, or `admin:` and the hash of the administrator's key. */
  owner: string;
  expires_at: number;
}

/** What this installation chose once, such as the secret its keys are hashed with. */
export interface SettingsTable {
  name: string;
  value: string;
}
