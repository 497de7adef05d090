/** A large table in SQLite read in parts, so that calls go on while a report is made. */
import { setImmediate } from 'node:timers/promises';
import type { Kysely } from 'kysely';
import type { Schema } from '../database/schema.ts';
import { minRowId } from './row-id.ts';

/** Row ids: from `first` on, to before `end`. */
export interface Slice {
  readonly first: number;
  readonly end: number;
}

/**
 * @param from only rows that arrived then or later are of interest; milliseconds since the epoch
 * @param size rows of a slice
 */
export async function* slicesFrom(
  db: Kysely<Schema>,
  from: number | undefined,
  size: number,
): AsyncGenerator<Slice> {
  let first = from === undefined ? 0 : minRowId(from);
  for (;;) {
    const next = await db
      .selectFrom('ledger')
      .select('row_id')
      .where('row_id', '>=', first)
      .orderBy('row_id')
      .offset(size)
      .limit(1)
      .executeTakeFirst();
    yield { first, end: next?.row_id ?? Number.MAX_SAFE_INTEGER };
    if (!next) return;
    first = next.row_id;
    await setImmediate();
  }
}
