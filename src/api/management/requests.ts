/** Requests, one by one: a list with filters, what comes now, and the receipt of each. */
import { z } from 'zod';
import type { NumberedRow } from '../../accounts/ledger/request-list.ts';
import { toRequestRow } from '../../accounts/ledger/request-row.ts';
import { decodeReceipt } from '../../accounts/ledger/row.ts';
import { Failure, invalidRequest } from '../../failures/failure.ts';
import type { ApiServices, Endpoint, PlainCall, PlainReply } from '../endpoint.ts';
import { numberParameter, parseQuery } from '../query-string.ts';
import { filterParameters, periodParameters, scopedFilter } from './ledger-filters.ts';
import { owned, ownKeyId } from './management-route.ts';
import { newRequests } from './new-requests.ts';

const USUAL_PAGE = 50;
const MAX_PAGE = 100;

/** What the query of `GET /requests` may hold; the description of the API shows the same. */
export const requestListQuery = z.object({
  ...filterParameters,
  ...periodParameters,
  q: z
    .string()
    .trim()
    .max(200, 'is too long')
    .optional()
    .describe('Part of an id, user, session, model or prompt'),
  cursor: z.string().max(32).optional().describe('`next_cursor` of the page before'),
  limit: numberParameter(1, MAX_PAGE).optional(),
});

/** The same for `GET /requests/live`, which knows no period and no pages. */
export const liveQuery = z.object(filterParameters);

/** The routes below `/requests`. A caller key sees its own, administrators see all. */
export const requestEndpoints: readonly Endpoint[] = [
  { ...owned, method: 'GET', paths: ['/requests'], answer: listRequests },
  { ...owned, method: 'GET', paths: ['/requests/live'], answer: liveRequests },
  { ...owned, method: 'GET', paths: ['/requests/{id}'], answer: showRequest },
];

async function listRequests({ query, identity }: PlainCall, services: ApiServices): Promise<PlainReply> {
  const { accounts } = services;
  const asked = parseQuery(requestListQuery, query);
  const { tz: _tz, ...filter } = await scopedFilter(asked, identity!, services);
  takeReport(identity!, services);
  const page = await accounts.ledger.list({
    filter: { ...filter, ...(asked.q && { search: asked.q }) },
    before: asked.cursor === undefined ? undefined : fromCursor(asked.cursor),
    limit: asked.limit ?? USUAL_PAGE,
  });
  return {
    body: {
      data: await asRows(page.rows, services),
      next_cursor: page.next === undefined ? null : String(page.next),
      has_more: page.next !== undefined,
    },
  };
}

async function liveRequests(call: PlainCall, services: ApiServices): Promise<PlainReply> {
  const asked = parseQuery(liveQuery, call.query);
  const { tz: _tz, ...filter } = await scopedFilter(asked, call.identity!, services);
  const { ledger, liveListeners } = services.accounts;
  const leave = liveListeners.enter(ownKeyId(call.identity!));
  try {
    const from = await ledger.newest();
    return {
      events: (gone) =>
        newRequests(
          {
            after: from,
            news: (after, limit) => ledger.news(after, filter, limit),
            asRows: (rows) => asRows(rows, services),
            identify: () => call.identify(),
            leave,
          },
          gone,
        ),
    };
  } catch (error) {
    leave();
    throw error;
  }
}

async function showRequest({ params, identity }: PlainCall, services: ApiServices): Promise<PlainReply> {
  const { ledger, keyNames } = services.accounts;
  const row = await ledger.findRow(params.id!, ownKeyId(identity!));
  if (!row)
    throw new Failure('invalid_request', 'There is no such request, or it is not yours.', {
      status: 404,
      param: 'id',
    });
  const { keys, projects } = await keyNames.aliasesOf([row]);
  if (row.refused_status !== null) return { body: toRequestRow(row, { keys, projects }) };
  return {
    body: {
      ...decodeReceipt(row),
      key_alias: keys.get(row.key_id ?? '') ?? null,
      project_alias: projects.get(row.project_id ?? '') ?? null,
      ...(row.prompt !== null && { prompt: JSON.parse(row.prompt) as unknown }),
    },
  };
}

async function asRows(rows: readonly NumberedRow[], { accounts }: ApiServices) {
  const aliases = await accounts.keyNames.aliasesOf(rows);
  return rows.map((row) => toRequestRow(row, aliases));
}

/** Lists read many rows, as reports do. @throws {Failure} `rate_limited` */
function takeReport(identity: NonNullable<PlainCall['identity']>, { accounts }: ApiServices): void {
  const keyId = ownKeyId(identity);
  if (keyId !== undefined) accounts.reportLimit.take(keyId);
}

/** @throws {Failure} `invalid_request` */
function fromCursor(text: string): number {
  const cursor = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isSafeInteger(cursor)) return cursor;
  throw invalidRequest('`cursor` must be the `next_cursor` of a page.', 'cursor');
}
