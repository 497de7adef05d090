/** Requests as they come, as server-sent events: the ledger is asked once a second, so that those of all processes are there. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { News, NumberedRow } from '../../accounts/ledger/request-list.ts';
import type { RequestRow } from '../../accounts/ledger/request-row.ts';

/** Milliseconds between two looks. */
const LOOK_EVERY = 1_000;
/** Requests told at a look; of more the newest. */
const MAX_AT_ONCE = 100;
/** Looks between two signs of life, and between two checks whether the caller may still see it. */
const PING_EVERY = 15;
/** Rows that are remembered, as some come twice. */
const MAX_SEEN = 1_000;

/** What the stream asks while it is open. */
export interface NewRequestsDependencies {
  /** The number of the row after which news begin. */
  readonly after: number;
  readonly news: (after: number, limit: number) => Promise<News>;
  readonly asRows: (rows: readonly NumberedRow[]) => Promise<readonly RequestRow[]>;
  /** Rejects when the caller may no more. */
  readonly identify: () => Promise<unknown>;
  /** Called at the end. */
  readonly leave: () => void;
}

/**
 * Server-sent events `request` (a row) and `dropped` (how many could not be shown), until the caller leaves or may see
 * them no more.
 */
export async function* newRequests(
  { after, news, asRows, identify, leave }: NewRequestsDependencies,
  gone: AbortSignal,
): AsyncGenerator<string> {
  const seen = new Set<string>();
  let last = after;
  try {
    yield ': open\n\n';
    for (let look = 1; !gone.aborted; look++) {
      const { rows, left } = await news(last, MAX_AT_ONCE);
      const unseen = rows.filter((row) => row.row_id > after && !seen.has(row.id));
      for (const { id, row_id: rowId } of unseen) {
        seen.add(id);
        last = Math.max(last, rowId);
      }
      forgetOldest(seen);
      if (left > 0) yield event('dropped', { count: left });
      for (const row of await asRows(unseen)) yield event('request', row);
      if (look % PING_EVERY === 0) {
        await identify();
        yield ': ping\n\n';
      }
      await sleep(LOOK_EVERY, undefined, { signal: gone });
    }
  } catch (error) {
    if (!gone.aborted) yield event('end', { reason: (error as Error).message });
  } finally {
    leave();
  }
}

function event(name: string, data: object): string {
  return `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
}

function forgetOldest(seen: Set<string>): void {
  for (const id of seen) {
    if (seen.size <= MAX_SEEN) return;
    seen.delete(id);
  }
}
