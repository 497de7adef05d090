/** Usage reports as what the overview shows. */

/** @typedef {import('../parts/filters.js').Dimension} Dimension */

/** Sums of a usage report, for one group or for all. @typedef {import('../parts/reply.js').ApiReply<'GET', '/usage'>['total']} Sums */

/** @typedef {import('../parts/reply.js').Row<'/usage'>} UsageRow */

/** @param {UsageRow} row @param {Dimension} dimension @returns {string} */
export function nameOf(row, dimension) {
  const alias = dimension === 'key' || dimension === 'project' ? row[`${dimension}_alias`] : undefined;
  return alias ?? row[dimension] ?? `no ${dimension}`;
}

/** @param {UsageRow} row @param {Dimension} dimension @returns {string} the same for the same group in all reports */
function identityOf(row, dimension) {
  return row[dimension] ?? '';
}

const SUMMED = /** @type {const} */ ([
  'requests',
  'input_tokens',
  'output_tokens',
  'cost_usd',
  'unpriced_requests',
]);

/**
 * Groups of all times put together, the largest first.
 * @param {readonly UsageRow[]} rows one a time and group @param {Dimension} dimension @param {number} count
 * @returns {{ top: UsageRow[], other: UsageRow | undefined }} `other`: all that are not among the largest; absent where those are all
 */
export function largestOf(rows, dimension, count) {
  /** @type {Map<string, { -readonly [Name in keyof UsageRow]: UsageRow[Name] }>} */
  const groups = new Map();
  for (const row of rows) {
    const group = groups.get(identityOf(row, dimension));
    if (group) add(group, row);
    else groups.set(identityOf(row, dimension), { ...row });
  }
  const sorted = [...groups.values()].sort((one, another) => (another.cost_usd ?? 0) - (one.cost_usd ?? 0));
  const rest = sorted.slice(count);
  for (const row of rest.slice(1)) add(rest[0], row);
  return { top: sorted.slice(0, count), other: rest[0] };
}

/** @param {any} sums @param {UsageRow} row */
function add(sums, row) {
  for (const name of SUMMED) sums[name] = (sums[name] ?? 0) + (row[name] ?? 0);
}

/**
 * The largest groups over time, and all others as one.
 * @param {{ top: readonly UsageRow[], overTime: readonly UsageRow[], totals: readonly UsageRow[], dimension: Dimension, times: readonly string[] }} reports
 * `top`: the groups, largest first; `overTime`: a row a bucket and group; `totals`: a row a bucket
 * @returns {import('../parts/stacked-bars.js').Series[]}
 */
export function stack({ top, overTime, totals, dimension, times }) {
  const at = new Map(times.map((time, index) => [time, index]));
  const series = top.map((row) => ({ name: nameOf(row, dimension), values: times.map(() => 0) }));
  const indexOf = new Map(top.map((row, index) => [identityOf(row, dimension), index]));
  for (const row of overTime) {
    const index = indexOf.get(identityOf(row, dimension));
    const bucket = at.get(bucketOf(row.time ?? ''));
    if (index !== undefined && bucket !== undefined)
      /** @type {any} */ (series[index]).values[bucket] += row.cost_usd ?? 0;
  }
  const others = times.map((_, bucket) => {
    const known = series.reduce((sum, { values }) => sum + (values[bucket] ?? 0), 0);
    const row = totals.find(({ time }) => at.get(bucketOf(time ?? '')) === bucket);
    return Math.max(0, (row?.cost_usd ?? 0) - known);
  });
  // What is left of a sum of many fractions is no other group.
  return others.some((value) => value > 1e-9) ? [...series, { name: 'Others', values: others }] : series;
}

/** @param {string} time @returns {string} */
export function bucketOf(time) {
  return new Date(time).toISOString();
}

/**
 * All buckets of a range, also those in which nothing happened.
 * @param {{ from: string, to: string, bucket: 'hour' | 'day' | 'week' }} range
 * @returns {string[]}
 */
export function bucketsOf({ from, to, bucket }) {
  const isDay = /^\d{4}-\d\d-\d\d$/;
  const began = new Date(isDay.test(from) ? `${from}T00:00` : from);
  const ends = isDay.test(to) ? new Date(`${to}T23:59:59`) : new Date(to);
  if (bucket === 'week') began.setDate(began.getDate() - ((began.getDay() + 6) % 7));
  const times = [];
  for (const at = began; at <= ends && times.length < 400; ) {
    times.push(at.toISOString());
    if (bucket === 'hour') at.setTime(at.getTime() + 3_600_000);
    else at.setDate(at.getDate() + (bucket === 'week' ? 7 : 1));
  }
  return times;
}

/** @param {string} time @param {'hour' | 'day' | 'week'} bucket @returns {string} */
export function labelOf(time, bucket) {
  return new Date(time).toLocaleString(
    'en-GB',
    bucket === 'hour'
      ? { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }
      : { day: 'numeric', month: 'short' },
  );
}
