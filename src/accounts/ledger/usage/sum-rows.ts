import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';
import { decodeHistogram, encodeHistogram } from './latency-histogram.ts';
import { COUNTED_COLUMNS, type LedgerRow, type Line, linesOf, PLACE_NAMES } from './sum-lines.ts';
import { COUNT_NAMES } from './usage-groups.ts';

/** What a row says that usage is counted by; latencies of before there was a column are in the receipt. */
export const SUMMED_COLUMNS = `row_id, ${COUNTED_COLUMNS},
  CASE WHEN duration_ms IS NULL THEN json_extract(receipt, '$.duration_ms') ELSE duration_ms END AS duration_ms,
  CASE WHEN duration_ms IS NULL THEN json_extract(receipt, '$.ttft_ms') ELSE ttft_ms END AS ttft_ms`;

/** A row of SQLite's, as {@link SUMMED_COLUMNS} reads it. */
export interface NumberedLedgerRow extends LedgerRow {
  readonly row_id: number;
  /** Only where it is asked for. */
  readonly refused_status?: number | null;
}

/** Adds rows of SQLite's ledger to the sums of usage, each exactly once: the sums and the mark move in one transaction. */
export class RowSummer {
  readonly #connection: DatabaseSync;
  readonly #marked: StatementSync;
  readonly #rows: StatementSync;
  readonly #known: StatementSync;
  readonly #write: StatementSync;
  readonly #mark: StatementSync;

  constructor(connection: DatabaseSync) {
    this.#connection = connection;
    this.#marked = connection.prepare('SELECT row_id FROM usage_watermark');
    this.#rows = connection.prepare(
      `SELECT ${SUMMED_COLUMNS}, refused_status FROM ledger WHERE row_id > ? ORDER BY row_id LIMIT ?`,
    );
    const place = PLACE_NAMES.map((name) => `${name} = ?`).join(' AND ');
    this.#known = connection.prepare(`SELECT durations, first_tokens FROM usage_sums WHERE ${place}`);
    const names = [...PLACE_NAMES, ...COUNT_NAMES, 'durations', 'first_tokens'];
    this.#write = connection.prepare(`
      INSERT INTO usage_sums (${names.join(', ')}) VALUES (${names.map(() => '?').join(', ')})
      ON CONFLICT (${PLACE_NAMES.join(', ')}) DO UPDATE SET
        ${COUNT_NAMES.map((name) => `${name} = ${name} + excluded.${name}`).join(', ')},
        durations = excluded.durations, first_tokens = excluded.first_tokens`);
    this.#mark = connection.prepare('UPDATE usage_watermark SET row_id = ?');
  }

  /** @returns whether there may be rows left @throws what SQLite says: another connection may hold its lock */
  sum(maxRows: number): boolean {
    // Others may write while the rows are read and added up.
    const mark = this.#position();
    const rows = this.#rows.all(mark, maxRows) as unknown as NumberedLedgerRow[];
    const last = rows.at(-1);
    if (!last) return false;
    const lines = linesOf(rows.filter((row) => row.refused_status === null));
    this.#connection.exec('BEGIN IMMEDIATE');
    try {
      // Another process may have done the same: then it is done.
      if (this.#position() === mark) {
        for (const line of lines) this.#add(line);
        this.#mark.run(last.row_id);
      }
      this.#connection.exec('COMMIT');
    } catch (error) {
      if (this.#connection.isTransaction) this.#connection.exec('ROLLBACK');
      throw error;
    }
    return rows.length === maxRows;
  }

  #position(): number {
    return (this.#marked.get() as { row_id: number }).row_id;
  }

  #add(line: Line): void {
    const place: SQLInputValue[] = PLACE_NAMES.map((name) => line[name]);
    const { counts, durations, firstTokens } = line.sums;
    const known = this.#known.get(...place) as { durations: string; first_tokens: string } | undefined;
    const [all, first] = known
      ? [
          decodeHistogram(known.durations, new Map(durations)),
          decodeHistogram(known.first_tokens, new Map(firstTokens)),
        ]
      : [durations, firstTokens];
    const values = COUNT_NAMES.map((name) => counts[name]);
    this.#write.run(...place, ...values, encodeHistogram(all), encodeHistogram(first));
  }
}
