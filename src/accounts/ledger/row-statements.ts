/** Rows into a local SQLite file: the statements of one transaction. */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { LedgerTable } from '../database/schema.ts';
import { COLUMNS } from './row.ts';
import { numberAfter } from './row-number.ts';
import { COUNT } from './spending.ts';

/** Writing a row a second time changes nothing. */
const INSERT =
  `INSERT INTO ledger (number, ${COLUMNS.map((column) => `"${column}"`).join(', ')}) ` +
  `VALUES (?, ${COLUMNS.map(() => '?').join(', ')}) ON CONFLICT (id) DO NOTHING`;

/** The mark, too: where all rows were deleted, a number that was counted must not come again. */
const LAST = `
  SELECT max(counted.number, coalesce((SELECT max(number) FROM ledger), 0)) AS number FROM counted`;

/** Rows between two times that their cost is added to the sums: each time is a page more to write. */
const COUNT_EVERY = 250;

export class RowStatements {
  readonly #begin: StatementSync;
  readonly #last: StatementSync;
  readonly #insert: StatementSync;
  readonly #counting: readonly StatementSync[];
  readonly #end: StatementSync;
  /** What earlier processes left is counted with the first row. */
  #uncounted = COUNT_EVERY;

  /** @param counts whether costs are added up here; rows that only pass through are counted where they go */
  constructor(connection: DatabaseSync, counts: boolean) {
    this.#begin = connection.prepare('BEGIN IMMEDIATE');
    this.#last = connection.prepare(LAST);
    this.#insert = connection.prepare(INSERT);
    this.#counting = counts ? COUNT.map((statement) => connection.prepare(statement)) : [];
    this.#end = connection.prepare('COMMIT');
  }

  /** All or none. @throws what SQLite says, in the middle of the transaction */
  write(rows: readonly LedgerTable[]): void {
    this.#begin.run();
    let { number } = this.#last.get() as { number: number };
    for (const row of rows) {
      number = numberAfter(number, row.at);
      this.#add(number, row);
    }
    const isDue = this.#uncounted >= COUNT_EVERY;
    if (isDue) for (const statement of this.#counting) statement.run();
    this.#end.run();
    this.#uncounted = isDue ? 0 : this.#uncounted + rows.length;
  }

  #add(number: number, row: LedgerTable): void {
    // One by one: a list of them, made for each row, takes a tenth of the time of its insertion.
    this.#insert.run(
      number,
      row.id,
      row.request_id,
      row.at,
      row.key_id,
      row.project_id,
      row.user,
      row.chain,
      row.model,
      row.provider,
      row.cache,
      row.input_tokens,
      row.cached_input_tokens,
      row.cache_write_tokens,
      row.output_tokens,
      row.reasoning_tokens,
      row.cost_nano,
      row.hold_nano,
      row.error,
      row.prompt_hash,
      row.prompt,
      row.receipt,
    );
  }
}
