/**
 * Requests that were not admitted have a short row in the ledger, too, so that people see why something does not work. Anybody
 * may send as many as they like, so only some are kept: an attacker must not fill the disk.
 */
import { LRUCache } from 'lru-cache';
import type { Clock } from '../../core/clock.ts';
import { DAY } from '../../core/durations.ts';
import { atMost } from '../../core/entry-bound.ts';
import { orderedId } from '../../core/ids.ts';
import type { EventOf, Subscriber } from '../../events/event.ts';
import type { LedgerTable } from '../database/ledger-columns.ts';
import { SlidingWindow } from '../limits/sliding-window.ts';
import { storable } from '../storable.ts';
import type { RefusedDetails } from './request-row.ts';

/** Rows kept a minute: of one key; of all who have none, together. */
const ROWS_OF_A_KEY = 20;
const ROWS_WITHOUT_A_KEY = 20;
/** Of everybody, a minute and a day: those of a month are some 100 MB at the very most. */
const ROWS_IN_ALL = 60;
const ROWS_A_DAY = 10_000;
const MAX_KEYS = 1_000;
/** Milliseconds that such rows are kept. */
export const REFUSED_RETENTION = 30 * DAY;

type Refused = EventOf<'request_refused'>;

/** @param write puts a row into the ledger; must not reject */
export function refusedRequests(write: (row: LedgerTable) => Promise<void>, clock: Clock): Subscriber {
  const inAll = new SlidingWindow();
  const byKey = new LRUCache<string, SlidingWindow>(atMost(MAX_KEYS));
  let today = 0;
  let ofToday = 0;
  const isKept = ({ keyId, at }: Refused): boolean => {
    const now = clock.elapsed();
    if (Math.floor(at / DAY) !== today) {
      today = Math.floor(at / DAY);
      ofToday = 0;
    }
    const own = byKey.get(keyId ?? '') ?? new SlidingWindow();
    byKey.set(keyId ?? '', own);
    const limit = keyId === null ? ROWS_WITHOUT_A_KEY : ROWS_OF_A_KEY;
    if (own.used(now) >= limit || inAll.used(now) >= ROWS_IN_ALL || ofToday >= ROWS_A_DAY) return false;
    ofToday += 1;
    own.add(1, now);
    inAll.add(1, now);
    return true;
  };
  return {
    name: 'refused requests',
    listensTo: ['request_refused'],
    async on(events) {
      for (const event of events) {
        if (event.type !== 'request_refused') continue;
        // What is not for a model is no call that was refused.
        if (event.door !== undefined && isKept(event)) await write(rowOfRefused(event));
      }
    },
  };
}

function rowOfRefused(event: Refused): LedgerTable {
  const { requestId, door, keyId, projectId, kind, status, path, duration_ms: duration } = event;
  const details: RefusedDetails = { path: storable(path) };
  return {
    id: orderedId(),
    // Also where it is ours: the row has an id of its own, which no caller can choose.
    request_id: requestId,
    at: event.at,
    key_id: keyId,
    project_id: projectId,
    user: null,
    door: door ?? '',
    agent: event.agent ?? null,
    session: event.session ?? null,
    chain: '',
    model: null,
    provider: null,
    cache: '',
    input_tokens: 0,
    cached_input_tokens: 0,
    cache_write_tokens: 0,
    output_tokens: 0,
    reasoning_tokens: 0,
    cost_nano: 0,
    hold_nano: 0,
    saved_nano: null,
    duration_ms: duration ?? null,
    ttft_ms: null,
    error: kind,
    refused_status: status,
    prompt_hash: '',
    prompt: null,
    receipt: JSON.stringify(details),
  };
}
