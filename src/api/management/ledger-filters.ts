/** The filters that lists of requests and usage have in common, as they come in a query. */
import { z } from 'zod';
import { isStatus, type LedgerFilter, OUTCOMES } from '../../accounts/ledger/ledger-filter.ts';
import { parsePeriod } from '../../accounts/ledger/period-input.ts';
import { Failure } from '../../failures/failure.ts';
import type { ApiServices, Identity } from '../endpoint.ts';
import { listParameter } from '../query-string.ts';
import { ownKeyId } from './management-route.ts';

const list = (description: string) => listParameter.optional().describe(description);

/** Which requests are meant: values with commas are alternatives, and all parameters have to match. */
export const filterParameters = {
  key: list('Ids or aliases of keys'),
  project: list('Ids or aliases of projects'),
  user: list('Users'),
  model: list('`provider/model`, a model as its provider names it, or a chain'),
  status: listParameter
    .refine(
      (values) => values.every(isStatus),
      `takes ${OUTCOMES.join(', ')}, a kind of failure or an HTTP status`,
    )
    .optional()
    .describe('`ok`, `error`, `closed`, `refused`, a kind of failure or an HTTP status'),
  agent: list('Programs that asked'),
  session: list('Sessions of such programs'),
  door: list('API formats: `chat`, `messages`, `responses` …'),
};

/** When they came; read by `parsePeriod`. */
export const periodParameters = {
  from: z.string().max(40).optional().describe('A day or a time, inclusive'),
  to: z.string().max(40).optional().describe('A day, inclusive, or a time, exclusive'),
  tz: z.string().max(64).optional().describe('The time zone of days: UTC, `Europe/Berlin`, `+02:00`'),
};

type Filters = { readonly [Name in keyof typeof filterParameters]?: readonly string[] | undefined };

/** A filter, and the period it is about. */
export type ScopedFilter = LedgerFilter & { readonly tz: string };

/**
 * What this caller asked for, of what it may see.
 * @throws {Failure} `invalid_request` (404) for the key of somebody else
 */
export async function scopedFilter(
  query: Filters & { readonly [Name in keyof typeof periodParameters]?: string | undefined },
  identity: Identity,
  { accounts }: ApiServices,
): Promise<ScopedFilter> {
  const { key, project, user, model, status, agent, session, door } = query;
  const own = ownKeyId(identity);
  const keyId = key && (await idsOf('keys', key, accounts.keyNames));
  if (own !== undefined && keyId && !keyId.includes(own)) {
    const message = `There is no key ${key[0]!.slice(0, 64)}, or it is not yours.`;
    throw new Failure('invalid_request', message, { status: 404, param: 'key' });
  }
  const scope = own === undefined ? keyId : [own];
  const projectId = project && (await idsOf('projects', project, accounts.keyNames));
  return {
    ...parsePeriod(query),
    ...(scope && { keyId: scope }),
    ...(projectId && { projectId }),
    ...(user && { user }),
    ...(model && { model }),
    ...(status && { status }),
    ...(agent && { agent }),
    ...(session && { session }),
    ...(door && { door }),
  };
}

/** What is no name is taken for an id: of a key that was deleted from the database, or the administrator's `admin`. */
async function idsOf(
  table: 'keys' | 'projects',
  names: readonly string[],
  keyNames: ApiServices['accounts']['keyNames'],
): Promise<string[]> {
  const found = await Promise.all(names.map((name) => keyNames.idsNamed(table, name)));
  return found.flatMap((ids, at) => (ids.length > 0 ? ids : [names[at]!]));
}
