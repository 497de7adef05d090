/** `GET /usage`: what was asked and what it cost, as JSON or CSV. */
import { parseUsageQuery, usageCsv } from '../../accounts/ledger/usage-input.ts';
import type { ApiServices, Endpoint, PlainCall, PlainReply } from '../endpoint.ts';
import { owned, ownKeyId } from './management-route.ts';

export const usageEndpoints: readonly Endpoint[] = [
  { ...owned, method: 'GET', paths: ['/usage'], answer: report },
];

/** @throws {Failure} */
async function report(
  { identity, query, headers }: PlainCall,
  { accounts }: ApiServices,
): Promise<PlainReply> {
  const keyId = ownKeyId(identity!);
  if (keyId !== undefined) accounts.reportLimit.take(keyId);
  const question = parseUsageQuery(Object.fromEntries(new URLSearchParams(query)), keyId);
  const usage = await accounts.ledger.usage(question);
  if (!/\btext\/csv\b/i.test(headers.accept ?? '')) return { body: usage };
  return { text: { contentType: 'text/csv; charset=utf-8', text: usageCsv(question.groupBy, usage) } };
}
