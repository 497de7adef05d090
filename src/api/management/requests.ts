/** `GET /requests/{id}`: the receipt of a request. */
import { Failure } from '../../failures/failure.ts';
import type { ApiServices, Endpoint, PlainCall, PlainReply } from '../endpoint.ts';
import { owned, ownKeyId } from './management-route.ts';

export const requestEndpoints: readonly Endpoint[] = [
  { ...owned, method: 'GET', paths: ['/requests/{id}'], answer: showReceipt },
];

async function showReceipt({ params, identity }: PlainCall, { accounts }: ApiServices): Promise<PlainReply> {
  const receipt = await accounts.ledger.find(params.id!, ownKeyId(identity!));
  if (!receipt)
    throw new Failure('invalid_request', 'There is no such request, or it is not yours.', {
      status: 404,
      param: 'id',
    });
  return { body: receipt };
}
