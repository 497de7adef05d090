/** A question about usage as it comes in a query string, and its answer as CSV. */
import { invalidRequest } from '../../failures/failure.ts';
import { storable } from '../storable.ts';
import type { GroupBy, UsageFilter, UsageQuery, UsageReport } from './ledger.ts';

const FILTERS: readonly UsageFilter[] = ['door', 'agent', 'session'];
const GROUPS: readonly GroupBy[] = ['day', 'model', 'key', 'project', 'user', ...FILTERS];
const PARAMETERS: readonly string[] = ['group_by', 'from', 'to', ...FILTERS];

/** @throws {Failure} `invalid_request` */
export function parseUsageQuery(
  query: Readonly<Record<string, unknown>>,
  keyId: string | undefined,
): UsageQuery {
  for (const name of Object.keys(query)) {
    if (!PARAMETERS.includes(name))
      throw invalidRequest(`Unknown parameter \`${name}\`: there are ${PARAMETERS.join(', ')}.`, name);
  }
  const groupBy = (query.group_by ?? 'day') as GroupBy;
  if (!GROUPS.includes(groupBy))
    throw invalidRequest(`\`group_by\` must be one of ${GROUPS.join(', ')}.`, 'group_by');
  const from = time(query.from, 'from');
  const to = time(query.to, 'to');
  if (from !== undefined && to !== undefined && from >= to)
    throw invalidRequest('`from` must be before `to`.', 'from');
  return { groupBy, from, to, where: filters(query), ...(keyId !== undefined && { keyId }) };
}

/** Without a value a filter is none, as forms send it. */
function filters(query: Readonly<Record<string, unknown>>): Partial<Record<UsageFilter, string>> {
  const given = FILTERS.filter((name) => query[name] !== undefined && query[name] !== '');
  return Object.fromEntries(
    given.map((name) => {
      const value = query[name];
      if (typeof value !== 'string') throw invalidRequest(`\`${name}\` must be given once.`, name);
      return [name, storable(value)];
    }),
  );
}

/** A day (from its beginning, in UTC) or a time. */
function time(value: unknown, name: string): number | undefined {
  if (value === undefined || value === '') return undefined;
  const milliseconds =
    typeof value === 'string' && /^\d{4}-\d\d-\d\d(?:T|$)/.test(value) ? Date.parse(value) : Number.NaN;
  if (Number.isNaN(milliseconds))
    throw invalidRequest(
      `\`${name}\` must be a day or a time such as 2026-11-30 or 2026-11-30T12:00:00Z.`,
      name,
    );
  return milliseconds;
}

/** RFC 4180, with a head line and the total at the end. */
export function usageCsv(groupBy: GroupBy, { data, total }: UsageReport): string {
  const columns = [groupBy, ...Object.keys(total)];
  const rows = [...data, { [groupBy]: 'total', ...total }] as Readonly<Record<string, unknown>>[];
  const lines = rows.map((row) => columns.map((column) => cell(row[column])).join(','));
  return `${[columns.join(','), ...lines].join('\r\n')}\r\n`;
}

function cell(value: unknown): string {
  const text = value === null || value === undefined ? '' : String(value);
  // A spreadsheet takes a cell that begins with one of these for a formula.
  const safe = /^[=+@\t\r-]/.test(text) && typeof value === 'string' ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
