/** What the ledger says of the requests that a gateway has logged. */
import type { Receipt } from '../../src/events/receipt.ts';
import { eventually } from './eventually.ts';
import type { RunningGateway } from './gateway.ts';

/** The receipts of the first `count` requests in the log, in its order, once that many are there. */
export async function receiptsOf({ url, log }: RunningGateway, count: number): Promise<Receipt[]> {
  const lines = () => log.filter(({ msg }) => msg === 'request');
  // What was generated may be counted by the tokeniser, whose thread takes its time to load on a busy machine.
  await eventually(() => {
    if (lines().length < count) throw new Error(`${lines().length} of ${count} requests are logged`);
  });
  const ids = lines()
    .slice(0, count)
    .map(({ request_id: id }) => id);
  return Promise.all(
    ids.map(async (id) => (await fetch(`${url}/requests/${id}`)).json() as Promise<Receipt>),
  );
}
