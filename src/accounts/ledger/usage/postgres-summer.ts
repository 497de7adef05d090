import { setTimeout as sleep } from 'node:timers/promises';
import { type Kysely, sql } from 'kysely';
import type { PostgresDatabase } from '../../database/database.ts';
import { DatabaseUnavailable } from '../../database/database-unavailable.ts';
import type { Schema } from '../../database/schema.ts';
import { decodeHistogram, encodeHistogram } from './latency-histogram.ts';
import { latency } from './postgres-counts.ts';
import { COUNTED_COLUMNS, type LedgerRow, type Line, linesOf, PLACE_NAMES } from './sum-lines.ts';
import { OLDER_UNSUMMED, SUMS_LOCK } from './sums-schema.ts';
import { COUNT_NAMES } from './usage-groups.ts';

/** Rows summed up in one transaction, roughly: their lines are made in this process, in some milliseconds. */
const ROWS_AT_ONCE = 500;
/** Notes that are looked at for them. */
const NOTES_AT_ONCE = 100;
/** Milliseconds between two transactions, and between two looks whether there is something to do. */
const PAUSE = 10;
const LOOK_EVERY = 10_000;

/**
 * Adds rows of PostgreSQL's ledger to the sums of usage, each exactly once: the sums and the note of what is not in them yet
 * change in one transaction. Of all servers on the database one does it at a time, so that nobody waits for a line.
 */
export class PostgresSummer {
  readonly #database: PostgresDatabase;
  readonly #warn: (message: string) => void;
  readonly #timer: NodeJS.Timeout;
  #running: Promise<void> | undefined;
  #isClosed = false;

  /** @param database with its tables; those that are not there yet are made by who carries rows */
  constructor(database: PostgresDatabase, warn: (message: string) => void) {
    this.#database = database;
    this.#warn = warn;
    this.#timer = setInterval(() => {
      this.#running ??= this.#sumAll().finally(() => {
        this.#running = undefined;
      });
    }, LOOK_EVERY).unref();
  }

  /** What is not summed up yet is for the next process, or another. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    this.#isClosed = true;
    await this.#running;
  }

  /** Never rejects. */
  async #sumAll(): Promise<void> {
    try {
      const db = await this.#database.queries();
      while (!this.#isClosed && (await sumSome(db))) await sleep(PAUSE);
    } catch (error) {
      // An outage is told by those who carry rows.
      if (!(error instanceof DatabaseUnavailable))
        this.#warn(`Usage was not summed up: ${(error as Error).message}`);
    }
  }
}

/** @returns whether there may be rows left; false also while another process is at it */
export function sumSome(db: Kysely<Schema>, maxRows = ROWS_AT_ONCE): Promise<boolean> {
  return db.transaction().execute(async (transaction) => {
    const { rows: locks } = await sql<{ locked: boolean }>`
      select pg_try_advisory_xact_lock(${sql.lit(SUMS_LOCK)}) as locked`.execute(transaction);
    if (!locks[0]?.locked) return false;
    const noted = await takeNoted(transaction, maxRows);
    const ids = noted.length > 0 ? noted : await takeOlder(transaction, maxRows);
    if (ids.length === 0) return false;
    const { rows } = await sql<LedgerRow>`
      select ${sql.raw(COUNTED_COLUMNS)}, ${latency('duration_ms')} as duration_ms, ${latency('ttft_ms')} as ttft_ms
      from ledger where row_id = any(${ids}::bigint[]) and refused_status is null`.execute(transaction);
    await add(transaction, linesOf(rows));
    return true;
  });
}

/** Numbers of rows whose note is taken away: whole notes, the first even where it is longer than that. */
async function takeNoted(db: Kysely<Schema>, maxRows: number): Promise<number[]> {
  const { rows } = await sql<{ row_ids: number[] }>`
    delete from usage_unsummed where id in (
      select id from (
        select id, sum(cardinality(row_ids)) over (order by id) - cardinality(row_ids) as before
        from (select * from usage_unsummed order by id limit ${sql.lit(NOTES_AT_ONCE)}) as oldest
      ) as counted where before < ${sql.lit(maxRows)}
    ) returning row_ids`.execute(db);
  return rows.flatMap((row) => row.row_ids);
}

/** The next of the rows that were there before rows were noted; the mark is moved behind them. */
async function takeOlder(db: Kysely<Schema>, maxRows: number): Promise<number[]> {
  const { rows } = await sql<{ row_id: number }>`
    select row_id from ledger where ${sql.raw(OLDER_UNSUMMED)} order by row_id limit ${sql.lit(maxRows)}`.execute(
    db,
  );
  const last = rows.at(-1);
  if (last) await sql`update usage_watermark set row_id = ${last.row_id}`.execute(db);
  return rows.map((row) => row.row_id);
}

const PLACE = sql.raw(PLACE_NAMES.join(', '));
const COLUMNS = sql.raw([...PLACE_NAMES, ...COUNT_NAMES, 'durations', 'first_tokens'].join(', '));
const GROWN = sql.raw(
  COUNT_NAMES.map((name) => `${name} = usage_sums.${name} + excluded.${name}`).join(', '),
);

/** Nobody else changes the sums meanwhile: the caller holds the lock. */
async function add(db: Kysely<Schema>, lines: readonly Line[]): Promise<void> {
  const places = JSON.stringify(lines.map(({ sums: _sums, ...place }) => place));
  const { rows: known } = await sql<{ at: number; durations: string; first_tokens: string }>`
    select at, durations, first_tokens
    from rows from (json_to_recordset(${places}::json) as (view text, scope text, span text, start bigint, value text))
      with ordinality as place (${PLACE}, at)
    join usage_sums using (${PLACE})`.execute(db);
  for (const { at, durations, first_tokens } of known) {
    const { sums } = lines[at - 1]!;
    decodeHistogram(durations, sums.durations);
    decodeHistogram(first_tokens, sums.firstTokens);
  }
  const stored = lines.map(({ sums, ...place }) => ({
    ...place,
    ...sums.counts,
    durations: encodeHistogram(sums.durations),
    first_tokens: encodeHistogram(sums.firstTokens),
  }));
  await sql`
    insert into usage_sums (${COLUMNS})
    select ${COLUMNS} from json_populate_recordset(null::usage_sums, ${JSON.stringify(stored)}::json)
    on conflict (${PLACE}) do update
    set ${GROWN}, durations = excluded.durations, first_tokens = excluded.first_tokens`.execute(db);
}
