/** Who changed what: keys, projects, cooldowns, and the administrator's sign-ins. */
import { randomUUID } from 'node:crypto';
import type { Kysely } from 'kysely';
import type { Database } from '../database/database.ts';
import type { AuditTable, Schema } from '../database/schema.ts';

/** One change, before it has an id and a time. */
export interface AuditChange {
  /** `admin`, `local` (open mode) or `cli`. */
  readonly actor: string;
  /** `key.create`, `project.delete`, `cooldown.lift` … */
  readonly action: string;
  /** What it is about: an id, or a target. */
  readonly subject: string;
  readonly details: object;
}

/** A page of the audit, with filters that all have to match. */
export interface AuditQuery {
  readonly subject?: string | undefined;
  readonly actor?: string | undefined;
  readonly action?: string | undefined;
  /** Milliseconds since the epoch: from (inclusive) and to (exclusive). */
  readonly from?: number | undefined;
  readonly to?: number | undefined;
  readonly cursor?: AuditCursor | undefined;
  readonly limit: number;
}

/** The last row of the page before. */
export interface AuditCursor {
  readonly at: number;
  readonly id: string;
}

/** The log of changes in the database: written with each change, read by administrators. */
export class AuditLog {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async record(change: AuditChange): Promise<void> {
    await writeAudit(await this.#database.queries(), change);
  }

  /** The newest first. */
  async list({
    subject,
    actor,
    action,
    from,
    to,
    cursor,
    limit,
  }: AuditQuery): Promise<readonly AuditTable[]> {
    const db = await this.#database.queries();
    let query = db.selectFrom('audit').selectAll();
    if (subject !== undefined) query = query.where('subject', '=', subject);
    if (actor !== undefined) query = query.where('actor', '=', actor);
    if (action !== undefined) query = query.where('action', '=', action);
    if (from !== undefined) query = query.where('at', '>=', from);
    if (to !== undefined) query = query.where('at', '<', to);
    if (cursor) {
      query = query.where((is) =>
        is.or([is('at', '<', cursor.at), is.and([is('at', '=', cursor.at), is('id', '<', cursor.id)])]),
      );
    }
    return query.orderBy('at', 'desc').orderBy('id', 'desc').limit(limit).execute();
  }
}

/** In the transaction of the change, where there is one. */
export async function writeAudit(db: Kysely<Schema>, { details, ...change }: AuditChange): Promise<void> {
  await db
    .insertInto('audit')
    .values({ id: randomUUID(), at: Date.now(), ...change, details: JSON.stringify(details) })
    .execute();
}
