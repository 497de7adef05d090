import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { LEDGER_COLUMN_LIST, LEDGER_COLUMN_NAMES, type LedgerTable } from '../database/ledger-columns.ts';
import { rowIdAfter } from './row-id.ts';
import { COUNT } from './spending.ts';

/** Writing a row a second time changes nothing. */
const INSERT =
  `INSERT INTO ledger (row_id, ${LEDGER_COLUMN_LIST}) ` +
  `VALUES (?, ${LEDGER_COLUMN_NAMES.map(() => '?').join(', ')}) ON CONFLICT (id) DO NOTHING`;

/** Also the watermark: after all rows were deleted, an id at or below it must not be used again. */
const LAST = `
  SELECT max(watermark.row_id, coalesce((SELECT max(row_id) FROM ledger), 0)) AS row_id
  FROM spending_watermark AS watermark`;

/** Rows between two times that their cost is added to the sums: each time is a page more to write. */
const COUNT_EVERY = 250;

/** Rows into a local SQLite file: the statements of one transaction. */
export class RowStatements {
  readonly #begin: StatementSync;
  readonly #last: StatementSync;
  readonly #insert: StatementSync;
  readonly #counting: readonly StatementSync[];
  readonly #end: StatementSync;
  readonly #values: (string | number | null)[] = [];
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
    let { row_id: rowId } = this.#last.get() as { row_id: number };
    for (const row of rows) {
      rowId = rowIdAfter(rowId, row.at);
      this.#add(rowId, row);
    }
    const isDue = this.#uncounted >= COUNT_EVERY;
    if (isDue) for (const statement of this.#counting) statement.run();
    this.#end.run();
    this.#uncounted = isDue ? 0 : this.#uncounted + rows.length;
  }

  #add(rowId: number, row: LedgerTable): void {
    this.#values[0] = rowId;
    // One array for all rows: to make a list for each takes a tenth of the time of its insertion.
    for (let at = 0; at < LEDGER_COLUMN_NAMES.length; at++)
      this.#values[at + 1] = row[LEDGER_COLUMN_NAMES[at]!];
    this.#insert.run(...this.#values);
  }
}
