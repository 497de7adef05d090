import { randomBytes } from 'node:crypto';
import type { Transaction } from 'kysely';
import { invalidRequest } from '../../failures/failure.ts';
import type { Database } from '../database/database.ts';
import type { Schema } from '../database/schema.ts';
import { type Actor, audited, forUpdate } from './audited-change.ts';
import type { Key, KeyFields, Project } from './key.ts';
import { KeyHashes } from './key-hashes.ts';
import { type KeyQuery, selectKeys } from './key-list.ts';
import { keyColumns, keyOf } from './key-rows.ts';
import { projectsById } from './project-store.ts';
import { makeToken } from './token.ts';

/** Any number of ours: whoever gives an alias holds this lock of PostgreSQL's. */
const ALIAS_LOCK = 5_214_302;
/** Some 10 ms to read. */
const MAX_HASHES = 10_000;

/** Keys in the database. Each change names its actor, and is written together with its audit row. */
export class KeyStore {
  readonly #database: Database;
  readonly #hashes: KeyHashes;

  constructor(database: Database) {
    this.#database = database;
    this.#hashes = new KeyHashes(database);
  }

  /** @returns the key, and the token that is shown this once */
  async create(fields: KeyFields, actor: Actor): Promise<{ key: Key; token: string }> {
    const token = makeToken();
    const id = `key_${randomBytes(9).toString('base64url')}`;
    const secret = await this.#hashes.columnsOf(token);
    await audited(this.#database, actor, 'key.create', id, async (db) => {
      await this.#checkAlias(db, fields, id);
      await db
        .insertInto('keys')
        .values({
          id,
          ...secret,
          ...keyColumns(fields),
          blocked_at: null,
          revoked_at: null,
          created_at: Date.now(),
        })
        .execute();
      return fields;
    });
    return { key: (await this.get(id))!, token };
  }

  /** A page of them, and whether there are more. */
  async list(query: KeyQuery): Promise<{ keys: Key[]; hasMore: boolean }> {
    const db = await this.#database.queries();
    const found = await selectKeys(db, query);
    const rows = found.slice(0, query.limit);
    // After the keys: a project that is made meanwhile must not be missing.
    const projects = await projectsById(db);
    return { keys: rows.map((row) => keyOf(row, projects)), hasMore: found.length > rows.length };
  }

  async get(id: string): Promise<Key | undefined> {
    const db = await this.#database.queries();
    const row = await db.selectFrom('keys').selectAll().where('id', '=', id).executeTakeFirst();
    return row && keyOf(row, await projectsById(db));
  }

  /** The key behind a token, also when it has been revoked or has expired. */
  async byToken(token: string): Promise<Key | undefined> {
    const db = await this.#database.queries();
    const hash = await this.#hashes.hashOf(token);
    const row = await db.selectFrom('keys').selectAll().where('hash', '=', hash).executeTakeFirst();
    return row && keyOf(row, await projectsById(db));
  }

  /**
   * Reads and writes in one transaction, so that of two changes at the same time both are kept.
   * @param change makes the new fields of the key as it is then, and of all projects
   */
  async update(
    id: string,
    change: (key: Key, projects: readonly Project[]) => KeyFields,
    actor: Actor,
  ): Promise<Key | undefined> {
    await audited(this.#database, actor, 'key.update', id, async (db) => {
      const row = await forUpdate(
        this.#database,
        db.selectFrom('keys').selectAll().where('id', '=', id),
      ).executeTakeFirst();
      if (!row) return {};
      const projects = await projectsById(db);
      const key = keyOf(row, projects);
      const fields = change(key, [...projects.values()]);
      if (fields.alias !== key.alias || fields.projectId !== (key.project?.id ?? null))
        await this.#checkAlias(db, fields, id);
      await db.updateTable('keys').set(keyColumns(fields)).where('id', '=', id).execute();
      return fields;
    });
    return this.get(id);
  }

  /** A new token for the same key; the old one is dead at once. */
  async rotate(id: string, actor: Actor): Promise<{ key: Key; token: string } | undefined> {
    const token = makeToken();
    const secret = await this.#hashes.columnsOf(token);
    await audited(this.#database, actor, 'key.rotate', id, async (db) => {
      await db.updateTable('keys').set(secret).where('id', '=', id).execute();
      return {};
    });
    const key = await this.get(id);
    return key && { key, token };
  }

  async revoke(id: string, actor: Actor): Promise<Key | undefined> {
    await audited(this.#database, actor, 'key.revoke', id, async (db) => {
      await db
        .updateTable('keys')
        .set({ revoked_at: Date.now() })
        .where('id', '=', id)
        .where('revoked_at', 'is', null)
        .execute();
      return {};
    });
    return this.get(id);
  }

  /** A blocked key does not work until it is unblocked; everything else about it stays. */
  async setBlocked(id: string, isBlocked: boolean, actor: Actor): Promise<Key | undefined> {
    await audited(this.#database, actor, isBlocked ? 'key.block' : 'key.unblock', id, async (db) => {
      await db
        .updateTable('keys')
        .set({ blocked_at: isBlocked ? Date.now() : null })
        .where('id', '=', id)
        .where('blocked_at', isBlocked ? 'is' : 'is not', null)
        .execute();
      return {};
    });
    return this.get(id);
  }

  /**
   * Aliases are how people tell keys of a project apart; that of a revoked one is free again.
   * @throws {Failure} `invalid_request` (409) when another key has it
   */
  async #checkAlias(db: Transaction<Schema>, { alias, projectId }: KeyFields, id: string): Promise<void> {
    // In SQLite the transaction has the file for itself.
    if (this.#database.kind === 'postgres') {
      const { sql } = await import('kysely');
      await sql`select pg_advisory_xact_lock(${sql.lit(ALIAS_LOCK)})`.execute(db);
    }
    const twin = await db
      .selectFrom('keys')
      .select('id')
      .where('alias', '=', alias)
      .where('project_id', projectId === null ? 'is' : '=', projectId)
      .where('revoked_at', 'is', null)
      .where('id', '<>', id)
      .executeTakeFirst();
    if (!twin) return;
    const where = projectId === null ? 'outside of projects' : 'in this project';
    throw invalidRequest(`There is a key named ${alias} ${where} already: ${twin.id}.`, 'alias', 409);
  }

  /** The hashes of the newest keys that are not revoked. */
  async hashes(): Promise<string[]> {
    const db = await this.#database.queries();
    const rows = await db
      .selectFrom('keys')
      .select('hash')
      .where('revoked_at', 'is', null)
      .orderBy('created_at', 'desc')
      .limit(MAX_HASHES)
      .execute();
    return rows.map(({ hash }) => hash);
  }

  /** The keyed hash of a secret, by which it is stored and found. */
  async hashOf(token: string): Promise<string> {
    return this.#hashes.hashOf(token);
  }
}
