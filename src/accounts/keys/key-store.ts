/** Keys and projects in the database. Every change and its audit row are written together. */
import { randomBytes } from 'node:crypto';
import type { Kysely, Transaction } from 'kysely';
import { invalidRequest } from '../../failures/failure.ts';
import type { Database } from '../database/database.ts';
import type { Schema } from '../database/schema.ts';
import { writeAudit } from './audit-log.ts';
import type { Key, KeyFields, Project, ProjectFields } from './key.ts';
import { KeyHashes } from './key-hashes.ts';
import { type KeyQuery, selectKeys } from './key-list.ts';
import { keyColumns, keyOf, projectColumns, projectOf } from './key-rows.ts';
import { makeToken } from './token.ts';

/** Who makes a change: `admin`, `local` (open mode) or `cli`. */
export type Actor = string;

/** Any number of ours: whoever gives an alias holds this lock of PostgreSQL's. */
const ALIAS_LOCK = 5_214_302;

/** Reads and changes keys and projects; every change names its actor. */
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
    await this.#change(actor, 'key.create', id, async (db) => {
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
    await this.#change(actor, 'key.update', id, async (db) => {
      const row = await this.#forUpdate(
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
    await this.#change(actor, 'key.rotate', id, async (db) => {
      await db.updateTable('keys').set(secret).where('id', '=', id).execute();
      return {};
    });
    const key = await this.get(id);
    return key && { key, token };
  }

  async revoke(id: string, actor: Actor): Promise<Key | undefined> {
    await this.#change(actor, 'key.revoke', id, async (db) => {
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
    await this.#change(actor, isBlocked ? 'key.block' : 'key.unblock', id, async (db) => {
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

  async createProject(fields: ProjectFields, actor: Actor): Promise<Project> {
    const id = `proj_${randomBytes(9).toString('base64url')}`;
    await this.#change(actor, 'project.create', id, async (db) => {
      await db
        .insertInto('projects')
        .values({ id, ...projectColumns(fields), deleted_at: null, created_at: Date.now() })
        .execute();
      return fields;
    });
    return (await this.getProject(id))!;
  }

  async listProjects(): Promise<Project[]> {
    return [...(await projectsById(await this.#database.queries())).values()];
  }

  /** How many keys each project has that are not revoked. */
  async keysOfProjects(): Promise<ReadonlyMap<string | null, number>> {
    const db = await this.#database.queries();
    const rows = await db
      .selectFrom('keys')
      .select(({ fn }) => ['project_id', fn.countAll<number>().as('count')])
      .where('revoked_at', 'is', null)
      .groupBy('project_id')
      .execute();
    return new Map(rows.map(({ project_id: id, count }) => [id, Number(count)]));
  }

  /** @param name id or alias */
  async getProject(name: string): Promise<Project | undefined> {
    const projects = await projectsById(await this.#database.queries());
    return projects.get(name) ?? [...projects.values()].find(({ alias }) => alias === name);
  }

  /** As `update`. */
  async updateProject(
    id: string,
    change: (project: Project, others: readonly Project[]) => ProjectFields,
    actor: Actor,
  ): Promise<Project | undefined> {
    await this.#change(actor, 'project.update', id, async (db) => {
      await this.#forUpdate(db.selectFrom('projects').select('id').where('id', '=', id)).execute();
      const projects = await projectsById(db);
      const project = projects.get(id);
      if (!project) return {};
      const fields = change(
        project,
        [...projects.values()].filter((other) => other !== project),
      );
      await db.updateTable('projects').set(projectColumns(fields)).where('id', '=', id).execute();
      return fields;
    });
    return this.getProject(id);
  }

  /** The project and all its keys: they stop working. */
  async deleteProject(id: string, actor: Actor): Promise<void> {
    const now = Date.now();
    await this.#change(actor, 'project.delete', id, async (db) => {
      await db.updateTable('projects').set({ deleted_at: now }).where('id', '=', id).execute();
      await db
        .updateTable('keys')
        .set({ revoked_at: now })
        .where('project_id', '=', id)
        .where('revoked_at', 'is', null)
        .execute();
      return {};
    });
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

  /** PostgreSQL lets others wait for the row; in SQLite the transaction has the file for itself. */
  #forUpdate<Query extends { forUpdate(): Query }>(query: Query): Query {
    return this.#database.kind === 'postgres' ? query.forUpdate() : query;
  }

  /** @param change returns what the audit is to say of it */
  async #change(
    actor: Actor,
    action: string,
    subject: string,
    change: (db: Transaction<Schema>) => Promise<object>,
  ): Promise<void> {
    const db = await this.#database.queries();
    await db.transaction().execute(async (transaction) => {
      const details = await change(transaction);
      await writeAudit(transaction, { actor, action, subject, details });
    });
  }

  /** The keyed hash of a secret, by which it is stored and found. */
  async hashOf(token: string): Promise<string> {
    return this.#hashes.hashOf(token);
  }
}

async function projectsById(db: Kysely<Schema>): Promise<Map<string, Project>> {
  const rows = await db
    .selectFrom('projects')
    .selectAll()
    .where('deleted_at', 'is', null)
    .orderBy('created_at')
    .execute();
  return new Map(rows.map((row) => [row.id, projectOf(row)]));
}
