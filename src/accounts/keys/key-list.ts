/** Keys a page at a time, the newest first. */
import type { Kysely, Selectable } from 'kysely';
import type { KeysTable, Schema } from '../database/schema.ts';

/**
 * What a key can be: one that was revoked is nothing else, and one that is blocked counts as that also after it has
 * expired.
 */
export const KEY_STATES = ['active', 'blocked', 'expired', 'revoked'] as const;

/** See {@link KEY_STATES}. */
export type KeyState = (typeof KEY_STATES)[number];

/** A page of keys, with filters that all have to match. */
export interface KeyQuery {
  /** Part of an alias, a user or the last four characters, or the whole id. */
  readonly search?: string | undefined;
  readonly projectId?: readonly string[] | undefined;
  readonly state?: KeyState | undefined;
  /** The last key of the page before. */
  readonly cursor?: { readonly createdAt: number; readonly id: string } | undefined;
  readonly limit: number;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** @returns one more than the limit where there are more */
export async function selectKeys(db: Kysely<Schema>, query: KeyQuery): Promise<Selectable<KeysTable>[]> {
  const { search, projectId, state, cursor, limit, now } = query;
  if (projectId?.length === 0) return [];
  let rows = db.selectFrom('keys').selectAll();
  if (projectId) rows = rows.where('project_id', 'in', projectId);
  if (search) {
    const pattern = `%${search.toLowerCase().replace(/[\\%_]/g, '\\$&')}%`;
    rows = rows.where(({ or, eb, fn, val }) =>
      or([
        eb('id', '=', search),
        eb('last_four', '=', search),
        ...(['alias', 'user'] as const).map((column) =>
          eb(fn<string>('lower', [column]), 'like', val(pattern)),
        ),
      ]),
    );
  }
  if (state === 'revoked') rows = rows.where('revoked_at', 'is not', null);
  else if (state) rows = rows.where('revoked_at', 'is', null);
  if (state === 'blocked') rows = rows.where('blocked_at', 'is not', null);
  if (state === 'expired') rows = rows.where('blocked_at', 'is', null).where('expires_at', '<=', now);
  if (state === 'active') {
    rows = rows
      .where('blocked_at', 'is', null)
      .where(({ or, eb }) => or([eb('expires_at', 'is', null), eb('expires_at', '>', now)]));
  }
  if (cursor) {
    rows = rows.where(({ or, and, eb }) =>
      or([
        eb('created_at', '<', cursor.createdAt),
        and([eb('created_at', '=', cursor.createdAt), eb('id', '<', cursor.id)]),
      ]),
    );
  }
  return rows
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(limit + 1)
    .execute();
}
