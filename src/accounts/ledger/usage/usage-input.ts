/** How people say what usage is to be grouped by, and how they read the answer. */
import { nearest } from '../../../core/nearest.ts';
import { invalidRequest } from '../../../failures/failure.ts';
import type { HolderNames } from '../request-row.ts';
import { bucketName, localIso } from './time-buckets.ts';
import { usageCsv } from './usage-csv.ts';
import {
  BUCKETS,
  type Bucket,
  DIMENSIONS,
  type Dimension,
  SUM_NAMES,
  type UsageGroup,
  type UsageReport,
  type UsageSums,
} from './usage-query.ts';

const MAX_DIMENSIONS = 3;
const DIMENSION_NAMES = Object.keys(DIMENSIONS) as Dimension[];

/** Everything that `group_by` takes; `none` alone gives the total. */
export const GROUP_NAMES: readonly string[] = [...BUCKETS, ...DIMENSION_NAMES, 'none'];

/** What `group_by` asked for, after the check. */
export interface Grouping {
  readonly groupBy: readonly Dimension[];
  readonly bucket: Bucket | undefined;
  /** The column of the period: `time` with a moment, or the period's own name with its date. */
  readonly timeColumn: 'time' | Bucket | undefined;
}

/**
 * @param groups `day`, `model,user`, `none`; a day each without it
 * @param bucket periods of time beside the groups
 * @throws {Failure} `invalid_request`
 */
export function parseGrouping(groups: string | undefined, bucket: Bucket | undefined): Grouping {
  const names = (groups ?? (bucket ? 'none' : 'day')).split(',').map((name) => name.trim());
  const strange = names.find((name) => !GROUP_NAMES.includes(name));
  if (strange !== undefined) {
    const meant = nearest(strange, GROUP_NAMES);
    const hint = meant ? `: did you mean \`${meant}\`?` : '.';
    const list = `${GROUP_NAMES.slice(0, -1).join(', ')} or none`;
    throw invalidRequest(`\`group_by\` takes ${list}, with commas between them${hint}`, 'group_by');
  }
  const periods = names.filter((name): name is Bucket => (BUCKETS as readonly string[]).includes(name));
  const groupBy = DIMENSION_NAMES.filter((name) => names.includes(name));
  if (groupBy.length > MAX_DIMENSIONS)
    throw invalidRequest(`\`group_by\` takes at most ${MAX_DIMENSIONS} names beside a period.`, 'group_by');
  if (periods.length + (bucket ? 1 : 0) > 1)
    throw invalidRequest('Usage is of one period: hour, day, week or month.', 'group_by');
  // In the order in which they were asked for.
  groupBy.sort((one, other) => names.indexOf(one) - names.indexOf(other));
  return { groupBy, bucket: bucket ?? periods[0], timeColumn: bucket ? 'time' : periods[0] };
}

type Line = UsageSums & Readonly<Record<string, string | number | null>>;

/** A report as it is read, with aliases beside ids. */
export interface ReadableUsage {
  readonly data: readonly Line[];
  readonly other: UsageSums | null;
  readonly total: UsageSums;
}

/** A report with aliases beside ids and dates in place of milliseconds, as JSON replies it. */
export function readableUsage(
  { data, other, total }: UsageReport,
  grouping: Grouping,
  tz: string,
  { keys, projects }: HolderNames,
): ReadableUsage {
  const aliases = { key: keys, project: projects };
  const line = (group: UsageGroup): Line => {
    const { start: _start, ...rest } = group;
    const named = grouping.groupBy.flatMap((dimension): [string, string | null][] => {
      const value = group[dimension] ?? null;
      if (dimension !== 'key' && dimension !== 'project') return [[dimension, value]];
      const alias = aliases[dimension].get(value ?? '') ?? null;
      return [
        [dimension, value],
        [`${dimension}_alias`, alias],
      ];
    });
    return { ...timeOf(group, grouping, tz), ...Object.fromEntries(named), ...rest } as Line;
  };
  return { data: data.map(line), other, total };
}

function timeOf({ start }: UsageGroup, { bucket, timeColumn }: Grouping, tz: string) {
  if (start === undefined || !bucket || !timeColumn) return {};
  const text = timeColumn === 'time' ? localIso(start, tz) : bucketName(start, bucket, tz);
  return { [timeColumn]: text };
}

/** The same as a table: one line a group, the columns of the groups first. */
export function readableCsv(report: ReadableUsage, { groupBy, timeColumn }: Grouping): string {
  const names = groupBy.flatMap((name) =>
    name === 'key' || name === 'project' ? [name, `${name}_alias`] : [name],
  );
  return usageCsv([...(timeColumn ? [timeColumn] : []), ...names], SUM_NAMES, report);
}

/** The ids of keys and projects in a report, to look up their aliases. */
export function idsIn({ data }: UsageReport): { key_id: string | null; project_id: string | null }[] {
  return data.map(({ key, project }) => ({ key_id: key ?? null, project_id: project ?? null }));
}
