/**
 * The tables, the same in SQLite and PostgreSQL but for the ledger's indexes: SQLite has the `number` of a row instead
 * of one on `at` (see ledger/row-number.ts). Times are milliseconds since the epoch, money is nano-dollars (both
 * fit a double exactly), lists and receipts are JSON text, yes and no are 1 and 0.
 */
import type { Generated } from 'kysely';

export type Engine = 'sqlite' | 'postgres';

export interface Schema {
  keys: KeysTable;
  projects: ProjectsTable;
  ledger: NumberedLedgerTable;
  spending: SpendingTable;
  audit: AuditTable;
  rests: RestsTable;
  settings: SettingsTable;
}

/** Limits of a key or project; null is no limit. */
interface LimitColumns {
  rpm: number | null;
  tpm: number | null;
  max_concurrency: number | null;
  budget_nano: number | null;
  budget_period: string | null;
}

export interface KeysTable extends LimitColumns {
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
  user_rpm: number | null;
  user_tpm: number | null;
  user_budget_nano: number | null;
  expires_at: number | null;
  revoked_at: number | null;
  created_at: number;
}

export interface ProjectsTable extends LimitColumns {
  id: string;
  alias: string;
  deleted_at: number | null;
  created_at: number;
}

/** One row per request: the columns and `receipt` together are the whole receipt. */
export interface LedgerTable {
  /** Ours, unique. */
  id: string;
  /** Null: `req_` and our own id. Otherwise the caller's, which may come twice. */
  request_id: string | null;
  /** Arrival. */
  at: number;
  key_id: string | null;
  project_id: string | null;
  user: string | null;
  chain: string;
  model: string | null;
  provider: string | null;
  cache: string;
  input_tokens: number;
  cached_input_tokens: number;
  cache_write_tokens: number;
  output_tokens: number;
  reasoning_tokens: number;
  /** Null: the price is unknown. */
  cost_nano: number | null;
  hold_nano: number;
  error: string | null;
  /** SHA-256 of the messages; the text only with LOG_PROMPTS=true. */
  prompt_hash: string;
  prompt: string | null;
  /** What of the receipt the columns do not say; in older rows all of it. */
  receipt: string;
}

export interface NumberedLedgerTable extends LedgerTable {
  /** In SQLite alone: grows with time. */
  number: Generated<number>;
}

/**
 * What requests have cost, by subject and day; it stays when rows are deleted. In SQLite the ledger's last rows may not be
 * in it yet: those after the number in `counted`.
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

/** Targets that rest across restarts: models their provider says are gone. */
export interface RestsTable {
  target: string;
  until: number;
  because: string;
}

/** What this installation chose once, such as the secret its keys are hashed with. */
export interface SettingsTable {
  name: string;
  value: string;
}
