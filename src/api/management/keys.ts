/** Keys over HTTP. Administrators manage; a caller key sees itself. */
import { z } from 'zod';
import { KEY_STATES } from '../../accounts/keys/key-list.ts';
import { Failure, invalidRequest } from '../../failures/failure.ts';
import type { ApiServices, Endpoint, PlainCall, PlainReply } from '../endpoint.ts';
import { numberParameter, parseQuery } from '../query-string.ts';
import { actorOf, managed, managedWithBody, owned } from './management-route.ts';

const USUAL_PAGE = 100;
const MAX_PAGE = 500;

/** What the query of `GET /keys` may hold; the description of the API shows the same. */
export const keyListQuery = z.object({
  q: z.string().trim().max(200, 'is too long').optional().describe('Part of an alias or user'),
  project: z.string().max(256, 'is too long').optional().describe('Id or alias of a project'),
  state: z.enum(KEY_STATES, `must be ${KEY_STATES.join(', ')}`).optional(),
  cursor: z.string().max(100).optional().describe('`next_cursor` of the page before'),
  limit: numberParameter(1, MAX_PAGE).optional(),
});

/** The routes below `/keys`. */
export const keyEndpoints: readonly Endpoint[] = [
  {
    ...managedWithBody,
    method: 'POST',
    paths: ['/keys'],
    answer: async (call, { accounts, models }) => ({
      status: 201,
      body: await accounts.keyAdmin.create(call.body, actorOf(call), checkModels(models)),
    }),
  },
  {
    ...managed,
    method: 'GET',
    paths: ['/keys'],
    answer: listKeys,
  },
  {
    ...owned,
    method: 'GET',
    paths: ['/keys/{id}'],
    async answer({ params, identity }, { accounts }) {
      const { isAdmin, key } = identity!;
      const id = params.id!;
      // Whether there is another key of that name is not theirs to learn.
      if (!isAdmin && key?.id !== id)
        throw new Failure('invalid_request', `There is no key ${id.slice(0, 64)}, or it is not yours.`, {
          status: 404,
          param: 'id',
        });
      return { body: await accounts.keyAdmin.show(id) };
    },
  },
  {
    ...managedWithBody,
    method: 'PATCH',
    paths: ['/keys/{id}'],
    answer: async (call, { accounts, models }) => {
      const check = checkModels(models);
      return { body: await accounts.keyAdmin.change(call.params.id!, call.body, actorOf(call), check) };
    },
  },
  {
    ...managed,
    method: 'DELETE',
    paths: ['/keys/{id}'],
    answer: async (call, { accounts }) => ({
      body: await accounts.keyAdmin.revoke(call.params.id!, actorOf(call)),
    }),
  },
  {
    ...managed,
    method: 'POST',
    paths: ['/keys/{id}/rotate'],
    answer: async (call, { accounts }) => ({
      body: await accounts.keyAdmin.rotate(call.params.id!, actorOf(call)),
    }),
  },
  blocking('/keys/{id}/block', true),
  blocking('/keys/{id}/unblock', false),
];

function blocking(path: string, isBlocked: boolean): Endpoint {
  return {
    ...managed,
    method: 'POST',
    paths: [path],
    answer: async (call, { accounts }) => ({
      body: await accounts.keyAdmin.setBlocked(call.params.id!, isBlocked, actorOf(call)),
    }),
  };
}

async function listKeys({ query }: PlainCall, { accounts }: ApiServices): Promise<PlainReply> {
  const { q: search, project, state, cursor, limit = USUAL_PAGE } = parseQuery(keyListQuery, query);
  const projectIds = project && (await accounts.keyNames.idsNamed('projects', project));
  const { data, next } = await accounts.keyAdmin.list({
    search,
    projectId: projectIds || undefined,
    state,
    cursor: cursor === undefined ? undefined : fromCursor(cursor),
    limit,
  });
  return { body: { data, next_cursor: next ? `${next.createdAt}.${next.id}` : null } };
}

/** @throws {Failure} `invalid_request` */
function fromCursor(cursor: string) {
  const [, createdAt, id] = /^(\d{1,15})\.(.+)$/.exec(cursor) ?? [];
  if (createdAt === undefined || id === undefined)
    throw invalidRequest('`cursor` must be the `next_cursor` of a page.', 'cursor');
  return { createdAt: Number(createdAt), id };
}

/** A slip in a name would make a key that may ask nothing. */
function checkModels(models: ApiServices['models']) {
  return (names: readonly string[]): void => {
    for (const name of names) {
      const { isKnown, meant } = models.check(name);
      if (isKnown) continue;
      const hint = meant ? `did you mean \`${meant}\`?` : 'GET /v1/models lists what there is.';
      throw invalidRequest(`\`models\` names ${name}, and there is none: ${hint}`, 'models');
    }
  };
}
