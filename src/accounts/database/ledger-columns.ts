/** The columns of the ledger, once: the table, its statements and the type of a row are made of this list. */

interface Column<Value> {
  readonly sql: string;
  /** Only a type: what a row has there. */
  readonly value?: Value;
}

const text: Column<string> = { sql: 'text not null' };
const optionalText: Column<string | null> = { sql: 'text' };
const integer: Column<number> = { sql: 'bigint not null' };
const optionalInteger: Column<number | null> = { sql: 'bigint' };
const optionalNumber: Column<number | null> = { sql: 'double precision' };

/** In the order of the table. Times are milliseconds since the epoch, money is nano-dollars. */
export const LEDGER_COLUMNS = {
  /** That of the call's admission, unique. */
  id: text,
  /** Null: `req_` and the row's own id. Otherwise the caller's, which may come twice. */
  request_id: optionalText,
  /** Arrival. */
  at: integer,
  key_id: optionalText,
  project_id: optionalText,
  user: optionalText,
  /** The public API format it came in by. */
  door: text,
  /** The program that asked and its session, as it says itself. */
  agent: optionalText,
  session: optionalText,
  chain: text,
  model: optionalText,
  provider: optionalText,
  cache: text,
  input_tokens: integer,
  cached_input_tokens: integer,
  cache_write_tokens: integer,
  output_tokens: integer,
  reasoning_tokens: integer,
  /** Null: the price is unknown. */
  cost_nano: optionalInteger,
  hold_nano: integer,
  /** What the answer had cost that came from a cache or a shared call; null for all others, and where it is unknown. */
  saved_nano: optionalInteger,
  /** Milliseconds from arrival to the end, and to the first token. */
  duration_ms: optionalNumber,
  ttft_ms: optionalNumber,
  error: optionalText,
  /** The HTTP status of a request that was not admitted; null for all others. */
  refused_status: optionalInteger,
  /** SHA-256 of the messages; the text only with LOG_PROMPTS=true. */
  prompt_hash: text,
  prompt: optionalText,
  /** JSON of what the columns do not say of the receipt. */
  receipt: text,
} as const;

type Columns = typeof LEDGER_COLUMNS;

/** One row per request: the columns and `receipt` together are the whole receipt. */
export type LedgerTable = {
  -readonly [Name in keyof Columns]: Columns[Name] extends Column<infer Value> ? Value : never;
};

/** In the order of the table: statements name their values by it. */
export const LEDGER_COLUMN_NAMES = Object.keys(LEDGER_COLUMNS) as (keyof LedgerTable)[];

/** A row as an earlier version has left it in a journal lacks the columns that are newer. */
export function withAllColumns(row: Partial<LedgerTable>): LedgerTable {
  return { ...MISSING, ...row };
}

const MISSING = {
  ...(Object.fromEntries(LEDGER_COLUMN_NAMES.map((name) => [name, null])) as unknown as LedgerTable),
  door: 'chat',
};

/** The names for a statement, quoted (`user` is a word of SQL). */
export const LEDGER_COLUMN_LIST = LEDGER_COLUMN_NAMES.map((name) => `"${name}"`).join(', ');

/** What a call has taken in all: no token is counted in two of them. */
export const TOKEN_COLUMNS = [
  'input_tokens',
  'cached_input_tokens',
  'cache_write_tokens',
  'output_tokens',
  'reasoning_tokens',
] as const satisfies readonly (keyof LedgerTable)[];
