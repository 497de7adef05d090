/** What rows of the ledger add to the sums of usage: a line for each view, scope, value and span of time they are in. */
import { DAY, HOUR } from '../../../core/durations.ts';
import type { Span, Summed, View } from './sums-schema.ts';
import { ALL, BY_HOUR_ALONE, SCOPES, SUMMED, storedValue } from './sums-schema.ts';
import { type CountedRow, Sums } from './usage-groups.ts';

/** What is summed up of a row. */
export interface LedgerRow extends CountedRow {
  readonly at: number;
  readonly key_id: string | null;
  readonly project_id: string | null;
  readonly user: string | null;
  readonly agent: string | null;
  readonly session: string | null;
  readonly provider: string | null;
  readonly model: string | null;
}

/** Its columns but for the latencies, which older rows have elsewhere. */
export const COUNTED_COLUMNS = `at, key_id, project_id, "user", agent, session, provider, model, cache, error,
  input_tokens, cached_input_tokens, cache_write_tokens, output_tokens, reasoning_tokens, cost_nano, saved_nano`;

/** Where a line of the sums is kept; `start` is in milliseconds since the epoch. */
export interface Place {
  readonly view: View;
  readonly scope: string;
  readonly span: Span;
  readonly start: number;
  readonly value: string;
}

/** Names of its columns, in their order. */
export const PLACE_NAMES = ['view', 'scope', 'span', 'start', 'value'] as const satisfies (keyof Place)[];

/** What is added to the sums that are kept in a place. */
export interface Line extends Place {
  readonly sums: Sums;
}

/** By what the table of sums divides a row. */
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

/** Lines of hours, and of days where there are such; each place once. @param rows of requests that were admitted */
export function linesOf(rows: readonly LedgerRow[]): Line[] {
  const hours = new Map<string, Line>();
  for (const row of rows) addRow(hours, row);
  const days = new Map<string, Line>();
  for (const line of hours.values()) {
    const { view, scope, value, start, sums } = line;
    if (BY_HOUR_ALONE.has(view)) continue;
    const day = start - (start % DAY);
    const name = `${day}\0${view}\0${scope}\0${value}`;
    const known = days.get(name);
    if (known) known.sums.add(sums);
    else days.set(name, { ...line, span: 'day', start: day, sums: sums.copy() });
  }
  return [...hours.values(), ...days.values()];
}

function addRow(lines: Map<string, Line>, row: LedgerRow): void {
  const { key_id: key, project_id: project } = row;
  const start = row.at - (row.at % HOUR);
  const add = (view: View, scope: string, value: string) => {
    const name = `${start}\0${view}\0${scope}\0${value}`;
    let line = lines.get(name);
    if (!line) {
      line = { view, scope, span: 'hour', start, value, sums: new Sums() };
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
