/** Adds rows of SQLite's ledger to the sums of usage, each exactly once: the sums and the mark move in one transaction. */
import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';
import { DAY, HOUR } from '../../../core/durations.ts';
import { decodeHistogram, encodeHistogram } from './latency-histogram.ts';
import type { Summed, View } from './sums-schema.ts';
import { ALL, BY_HOUR_ALONE, SCOPES, SUMMED, storedValue } from './sums-schema.ts';
import { COUNT_NAMES, type CountedRow, Sums } from './usage-groups.ts';

/** What a row says that usage is counted by; latencies of before there was a column are in the receipt. */
export const COUNTED_COLUMNS = `
  row_id, at, key_id, project_id, "user", agent, session, provider, model, cache, error, input_tokens, cached_input_tokens,
  cache_write_tokens, output_tokens, reasoning_tokens, cost_nano, saved_nano,
  CASE WHEN duration_ms IS NULL THEN json_extract(receipt, '$.duration_ms') ELSE duration_ms END AS duration_ms,
  CASE WHEN duration_ms IS NULL THEN json_extract(receipt, '$.ttft_ms') ELSE ttft_ms END AS ttft_ms`;

export interface LedgerRow extends CountedRow {
  readonly row_id: number;
  readonly at: number;
  readonly key_id: string | null;
  readonly project_id: string | null;
  readonly user: string | null;
  readonly agent: string | null;
  readonly session: string | null;
  readonly provider: string | null;
  readonly model: string | null;
  /** Only where it is asked for. */
  readonly refused_status?: number | null;
}

export function summedValue(row: LedgerRow, dimension: Summed): string | null {
  switch (dimension) {
    case 'key':
      return row.key_id;
    case 'project':
      return row.project_id;
    case 'model':
      return row.model === null ? null : `${row.provider}/${row.model}`;
    default:
      return row[dimension];
  }
}

/** Sums of one value in one hour. */
interface Line {
  readonly view: View;
  readonly scope: string;
  readonly value: string;
  readonly hour: number;
  readonly sums: Sums;
}

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
      `SELECT ${COUNTED_COLUMNS}, refused_status FROM ledger WHERE row_id > ? ORDER BY row_id LIMIT ?`,
    );
    const place = 'view = ? AND scope = ? AND span = ? AND start = ? AND value = ?';
    this.#known = connection.prepare(`SELECT durations, first_tokens FROM usage_sums WHERE ${place}`);
    const names = ['view', 'scope', 'span', 'start', 'value', ...COUNT_NAMES, 'durations', 'first_tokens'];
    this.#write = connection.prepare(`
      INSERT INTO usage_sums (${names.join(', ')}) VALUES (${names.map(() => '?').join(', ')})
      ON CONFLICT (view, scope, span, start, value) DO UPDATE SET
        ${COUNT_NAMES.map((name) => `${name} = ${name} + excluded.${name}`).join(', ')},
        durations = excluded.durations, first_tokens = excluded.first_tokens`);
    this.#mark = connection.prepare('UPDATE usage_watermark SET row_id = ?');
  }

  /** @returns whether there may be rows left @throws what SQLite says: another connection may hold its lock */
  sum(maxRows: number): boolean {
    // Others may write while the rows are read and added up.
    const mark = this.#position();
    const rows = this.#rows.all(mark, maxRows) as unknown as LedgerRow[];
    const last = rows.at(-1);
    if (!last) return false;
    const lines = linesOf(rows);
    this.#connection.exec('BEGIN IMMEDIATE');
    try {
      // Another process may have done the same: then it is done.
      if (this.#position() === mark) {
        this.#add(lines);
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

  #add(lines: ReadonlyMap<string, Line>): void {
    const days = new Map<string, Line>();
    for (const [name, line] of lines) {
      const { view, scope, value, hour, sums } = line;
      this.#addLine([view, scope, 'hour', hour, value], sums);
      if (BY_HOUR_ALONE.has(view)) continue;
      const day = hour - (hour % DAY);
      const dayName = `${name.slice(name.indexOf('\0'))}\0${day}`;
      const known = days.get(dayName);
      if (known) known.sums.add(sums);
      else days.set(dayName, { ...line, hour: day, sums: sums.copy() });
    }
    for (const { view, scope, value, hour, sums } of days.values())
      this.#addLine([view, scope, 'day', hour, value], sums);
  }

  #addLine(place: readonly SQLInputValue[], { counts, durations, firstTokens }: Sums): void {
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

function linesOf(rows: readonly LedgerRow[]): Map<string, Line> {
  const lines = new Map<string, Line>();
  for (const row of rows) if (row.refused_status === null) addRow(lines, row);
  return lines;
}

function addRow(lines: Map<string, Line>, row: LedgerRow): void {
  const { key_id: key, project_id: project } = row;
  const hour = row.at - (row.at % HOUR);
  const add = (view: View, scope: string, value: string) => {
    const name = `${hour}\0${view}\0${scope}\0${value}`;
    let line = lines.get(name);
    if (!line) {
      line = { view, scope, value, hour, sums: new Sums() };
      lines.set(name, line);
    }
    line.sums.addRow(row);
  };
  add(ALL, '', storedValue(null));
  for (const view of SUMMED) {
    const value = storedValue(summedValue(row, view));
    add(view, '', value);
    if (key !== null && SCOPES.key.views.has(view)) add(view, SCOPES.key.nameOf(key), value);
    if (project !== null && SCOPES.project.views.has(view)) add(view, SCOPES.project.nameOf(project), value);
  }
}
