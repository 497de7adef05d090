/** Keys over HTTP. Administrators manage; a caller key sees itself. */
import { Failure } from '../../failures/failure.ts';
import type { Endpoint } from '../endpoint.ts';
import { actorOf, managed, managedWithBody, owned } from './management-route.ts';

export const keyEndpoints: readonly Endpoint[] = [
  {
    ...managedWithBody,
    method: 'POST',
    paths: ['/keys'],
    answer: async (call, { accounts }) => ({
      status: 201,
      body: await accounts.keyAdmin.createKey(call.body, actorOf(call)),
    }),
  },
  {
    ...managed,
    method: 'GET',
    paths: ['/keys'],
    answer: async (_call, { accounts }) => ({ body: await accounts.keyAdmin.listKeys() }),
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
      return { body: await accounts.keyAdmin.showKey(id) };
    },
  },
  {
    ...managedWithBody,
    method: 'PATCH',
    paths: ['/keys/{id}'],
    answer: async (call, { accounts }) => ({
      body: await accounts.keyAdmin.changeKey(call.params.id!, call.body, actorOf(call)),
    }),
  },
  {
    ...managed,
    method: 'DELETE',
    paths: ['/keys/{id}'],
    answer: async (call, { accounts }) => ({
      body: await accounts.keyAdmin.revokeKey(call.params.id!, actorOf(call)),
    }),
  },
  {
    ...managed,
    method: 'POST',
    paths: ['/keys/{id}/rotate'],
    answer: async (call, { accounts }) => ({
      body: await accounts.keyAdmin.rotateKey(call.params.id!, actorOf(call)),
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
      body: await accounts.keyAdmin.blockKey(call.params.id!, isBlocked, actorOf(call)),
    }),
  };
}
