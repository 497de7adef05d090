/** `GET /usage`: what was asked and what it cost, as JSON or CSV. */
import { z } from 'zod';
import { idsIn, parseGrouping, readableCsv, readableUsage } from '../../accounts/ledger/usage/usage-input.ts';
import { BUCKETS, SUM_NAMES, type UsageSums } from '../../accounts/ledger/usage/usage-query.ts';
import type { ApiServices, Endpoint, PlainCall, PlainReply } from '../endpoint.ts';
import { numberParameter, parseQuery } from '../query-string.ts';
import { filterParameters, periodParameters, scopedFilter } from './ledger-filters.ts';
import { owned, ownKeyId } from './management-route.ts';

const MAX_LIMIT = 1_000;
const ORDERS = ['name', ...SUM_NAMES.map((name) => `-${name}` as const)] as const;

/** What the query may hold; the description of the API shows the same. */
export const usageQuery = z.object({
  group_by: z
    .string()
    .max(200)
    .optional()
    .describe(
      'Names with commas: a period and up to three of model, provider, key, project, user, agent …; `none`',
    ),
  bucket: z
    .enum(BUCKETS, `must be one of ${BUCKETS.join(', ')}`)
    .optional()
    .describe('A period beside the groups, as a column `time`'),
  ...filterParameters,
  ...periodParameters,
  order: z
    .enum(ORDERS, `must be name, or a sum such as -cost_usd or -requests`)
    .optional()
    .describe('`name`, or the largest of a sum first'),
  limit: numberParameter(1, MAX_LIMIT).optional().describe('The largest groups; the rest is `other`'),
  format: z.enum(['json', 'csv'], 'must be json or csv').optional(),
});

/** Its route. A caller key sees its own usage, administrators see all. */
export const usageEndpoints: readonly Endpoint[] = [
  { ...owned, method: 'GET', paths: ['/usage'], answer: report },
];

/** @throws {Failure} */
async function report({ identity, query, headers }: PlainCall, services: ApiServices): Promise<PlainReply> {
  const { accounts } = services;
  const asked = parseQuery(usageQuery, query);
  const grouping = parseGrouping(asked.group_by, asked.bucket);
  const { tz, ...filter } = await scopedFilter(asked, identity!, services);
  const keyId = ownKeyId(identity!);
  if (keyId !== undefined) accounts.reportLimit.take(keyId);
  const { order, limit } = asked;
  const largest = order && order !== 'name' ? (order.slice(1) as keyof UsageSums) : undefined;
  const { groupBy, bucket, timeColumn } = grouping;
  const usage = await accounts.ledger.usage({ groupBy, bucket, tz, filter, largest, limit });
  const readable = readableUsage(usage, grouping, tz, await accounts.keyNames.aliasesOf(idsIn(usage)));
  const wantsCsv = asked.format === 'csv' || (!asked.format && /\btext\/csv\b/i.test(headers.accept ?? ''));
  if (wantsCsv) {
    return { text: { contentType: 'text/csv; charset=utf-8', text: readableCsv(readable, grouping) } };
  }
  return {
    body: {
      from: isoOrNull(filter.from),
      to: isoOrNull(filter.to),
      tz,
      group_by: [...(timeColumn && timeColumn !== 'time' ? [timeColumn] : []), ...groupBy],
      bucket: asked.bucket ?? null,
      ...readable,
    },
  };
}

function isoOrNull(at: number | undefined): string | null {
  return at === undefined ? null : new Date(at).toISOString();
}
