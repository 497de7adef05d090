/** How a request ended, as one HTTP status. */
import { failureTable } from '../failures/failure-table.ts';
import type { Receipt } from './receipt.ts';

/**
 * That of the failure's kind; 499 for a caller who left, 200 for an answer. A stream that broke after its head was sent
 * counts by what broke it, and not by the 200 in its head.
 */
export function statusOf({ error, client }: Pick<Receipt, 'error' | 'client'>): number {
  if (error) return failureTable[error.kind].status;
  return client === 'closed' ? failureTable.client_closed.status : 200;
}
