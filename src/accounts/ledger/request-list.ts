/** Requests one by one, the newest first, a page at a time. */
import { setImmediate } from 'node:timers/promises';
import type { Kysely, Selectable } from 'kysely';
import { DAY } from '../../core/durations.ts';
import type { Engine, NumberedLedgerTable, Schema } from '../database/schema.ts';
import { matches } from './filter-conditions.ts';
import type { LedgerFilter } from './ledger-filter.ts';
import { minRowId } from './row-id.ts';

/** A row as it is read. */
export type NumberedRow = Selectable<NumberedLedgerTable>;

/** A page of a list that may be filtered. */
export interface RequestPage {
  readonly rows: readonly NumberedRow[];
  /** Where the next page begins; absent at the end. A page may be short, or empty, and not the last. */
  readonly next: number | undefined;
}

/** Which rows, and from where on. */
export interface PageQuery {
  readonly filter: LedgerFilter;
  /** Only rows with a smaller number: `next` of the page before. */
  readonly before?: number | undefined;
  readonly limit: number;
}

/** Rows of SQLite that are looked at in one go, some milliseconds, and for one page in all. */
const ROWS_AT_ONCE = 4_000;
const MAX_LOOKED_AT = 100_000;
/** A search reads the texts of prompts, too. */
const SEARCHED_AT_ONCE = 500;
/** Milliseconds: no request takes longer, so that no row's number is further from its time of arrival. */
const MAX_DURATION = DAY;

/**
 * A page, the newest first. In SQLite the rows are read slice by slice, so that a filter that matches little holds up
 * nobody.
 */
export async function listRows(db: Kysely<Schema>, engine: Engine, query: PageQuery): Promise<RequestPage> {
  return engine === 'sqlite' ? listInSlices(db, query) : listAtOnce(db, query);
}

async function listAtOnce(
  db: Kysely<Schema>,
  { filter, before = Number.MAX_SAFE_INTEGER, limit }: PageQuery,
): Promise<RequestPage> {
  const rows = await select(db, 'postgres', filter)
    .where('row_id', '<', before)
    .limit(limit + 1)
    .execute();
  return pageOf(rows, limit);
}

async function listInSlices(
  db: Kysely<Schema>,
  { filter, before = Number.MAX_SAFE_INTEGER, limit }: PageQuery,
): Promise<RequestPage> {
  const size = filter.search ? SEARCHED_AT_ONCE : ROWS_AT_ONCE;
  const first = filter.from === undefined ? 0 : minRowId(filter.from);
  let end = Math.min(before, filter.to === undefined ? before : minRowId(filter.to + MAX_DURATION));
  const rows: NumberedRow[] = [];
  for (let lookedAt = 0; lookedAt < MAX_LOOKED_AT; lookedAt += size) {
    const start = await rowBefore(db, end, size);
    const found = await select(db, 'sqlite', filter)
      .where('row_id', '<', end)
      .where('row_id', '>=', Math.max(start ?? 0, first))
      .limit(limit + 1 - rows.length)
      .execute();
    rows.push(...found);
    if (rows.length > limit) return pageOf(rows, limit);
    if (start === undefined || start <= first) return { rows, next: undefined };
    end = start;
    await setImmediate();
  }
  return { rows, next: end };
}

/** The number of the row that is so many before another. */
async function rowBefore(db: Kysely<Schema>, end: number, count: number): Promise<number | undefined> {
  const row = await db
    .selectFrom('ledger')
    .select('row_id')
    .where('row_id', '<', end)
    .orderBy('row_id', 'desc')
    .offset(count - 1)
    .limit(1)
    .executeTakeFirst();
  return row?.row_id;
}

function select(db: Kysely<Schema>, engine: Engine, filter: LedgerFilter) {
  return db.selectFrom('ledger').selectAll().where(matches(filter, engine)).orderBy('row_id', 'desc');
}

function pageOf(rows: readonly NumberedRow[], limit: number): RequestPage {
  const page = rows.slice(0, limit);
  return { rows: page, next: rows.length > limit ? page.at(-1)!.row_id : undefined };
}

/** @returns the number of the newest row; 0 without one */
export async function newestRowId(db: Kysely<Schema>): Promise<number> {
  const row = await db
    .selectFrom('ledger')
    .select('row_id')
    .orderBy('row_id', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row?.row_id ?? 0;
}

/** What came since somebody looked last; a busy server has more than anyone can watch. */
export interface News {
  /** In the order in which they came, the newest ones where there were too many. */
  readonly rows: readonly NumberedRow[];
  /** How many more there were. */
  readonly left: number;
}

/**
 * Rows of other instances that are being written now may get smaller numbers than some that are there: in PostgreSQL the last
 * rows come again.
 */
const MAX_UNCOMMITTED = 100;

/** Rows that came after another. */
export async function newsAfter(
  db: Kysely<Schema>,
  engine: Engine,
  after: number,
  filter: LedgerFilter,
  limit: number,
): Promise<News> {
  const again = engine === 'postgres' ? MAX_UNCOMMITTED : 0;
  const rows = await select(db, engine, filter)
    .where('row_id', '>', after - again)
    .limit(limit + again)
    .execute();
  const oldest = rows.at(-1);
  if (!oldest || rows.length < limit + again) return { rows: rows.reverse(), left: 0 };
  const { left } = await db
    .selectFrom('ledger')
    .select(({ fn }) => fn.countAll<number>().as('left'))
    .where(matches(filter, engine))
    .where('row_id', '>', after)
    .where('row_id', '<', oldest.row_id)
    .executeTakeFirstOrThrow();
  return { rows: rows.reverse(), left: Number(left) };
}
