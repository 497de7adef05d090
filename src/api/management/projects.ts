import type { Endpoint } from '../endpoint.ts';
import { actorOf, managed, managedWithBody } from './management-route.ts';

/** Projects over HTTP, for the administrator. */
export const projectEndpoints: readonly Endpoint[] = [
  {
    ...managedWithBody,
    method: 'POST',
    paths: ['/projects'],
    answer: async (call, { accounts }) => ({
      status: 201,
      body: await accounts.projectAdmin.create(call.body, actorOf(call)),
    }),
  },
  {
    ...managed,
    method: 'GET',
    paths: ['/projects'],
    answer: async (_call, { accounts }) => ({ body: await accounts.projectAdmin.list() }),
  },
  {
    ...managed,
    method: 'GET',
    paths: ['/projects/{id}'],
    answer: async (call, { accounts }) => ({ body: await accounts.projectAdmin.show(call.params.id!) }),
  },
  {
    ...managedWithBody,
    method: 'PATCH',
    paths: ['/projects/{id}'],
    answer: async (call, { accounts }) => ({
      body: await accounts.projectAdmin.change(call.params.id!, call.body, actorOf(call)),
    }),
  },
  {
    ...managed,
    method: 'DELETE',
    paths: ['/projects/{id}'],
    answer: async (call, { accounts }) => ({
      body: await accounts.projectAdmin.delete(call.params.id!, actorOf(call)),
    }),
  },
];
