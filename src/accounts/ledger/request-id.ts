/** The id of a request beside that of its row. Most are the same but for a prefix, and are not written or indexed twice. */
import type { LedgerTable } from '../database/schema.ts';

const PREFIX = 'req_';

/** @returns what the row says of it: nothing when it follows from the row's own id */
export function columnOf(requestId: string, id: string): string | null {
  return requestId === PREFIX + id ? null : requestId;
}

/** The id the caller was told, from its row. */
export function requestIdOf({ request_id, id }: Pick<LedgerTable, 'request_id' | 'id'>): string {
  return request_id ?? PREFIX + id;
}

/** The id of the row whose request this is, if the row says nothing else. */
export function ownIdIn(requestId: string): string | undefined {
  return requestId.startsWith(PREFIX) ? requestId.slice(PREFIX.length) : undefined;
}
