/** A usage report as CSV (RFC 4180): a head line, a line for each group; the total apart, after an empty line. */

type Line = object;

/** @param columns of the groups, in their order @param sums the names of the sums */
export function usageCsv(
  columns: readonly string[],
  sums: readonly string[],
  { data, other, total }: { data: readonly Line[]; other: Line | null; total: Line },
): string {
  const names = [...columns, ...sums];
  const valueIn = (line: Line, name: string) => cell((line as Record<string, unknown>)[name]);
  const line = (values: Line) => names.map((name) => valueIn(values, name)).join(',');
  const apart = (label: string, values: Line) => [
    label,
    ...columns.slice(1).map(() => ''),
    ...sums.map((name) => valueIn(values, name)),
  ];
  // Without groups there is nothing for the label to stand under.
  const head = columns.length > 0 ? names : ['', ...names];
  const lines = [
    head.join(','),
    ...data.map(line),
    '',
    ...(other ? [apart('other', other).join(',')] : []),
    apart('total', total).join(','),
  ];
  return `${lines.join('\r\n')}\r\n`;
}

function cell(value: unknown): string {
  const text = value === null || value === undefined ? '' : String(value);
  // A spreadsheet takes a cell that begins with one of these for a formula.
  const safe = /^[=+@\t\r-]/.test(text) && typeof value === 'string' ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
