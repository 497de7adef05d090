/** Keys and projects in the database. Every change and its audit row are written together. */
import { randomBytes, randomUUID } from 'node:crypto';
import type { Kysely, Selectable, Transaction } from 'kysely';
import type { Database } from '../database/database.ts';
import type { KeysTable, ProjectsTable, Schema } from '../database/schema.ts';
import type { Limits, Period } from '../limits/limits.ts';
import type { Key, Project } from './key.ts';
import { hashToken, makeToken } from './token.ts';

/** Who makes a change: `admin`, `local` (open mode) or `cli`. */
export type Actor = string;

/** What people choose of a project or a key. */
export interface ProjectFields {
  readonly alias: string;
  readonly limits: Limits;
}
export interface KeyFields extends ProjectFields {
  readonly projectId: string | null;
  readonly user: string | null;
  readonly models: readonly string[] | null;
  readonly userLimits: Limits;
  readonly expiresAt: number | null;
}

type KeyRow = Selectable<KeysTable>;
type ProjectRow = Selectable<ProjectsTable>;

export class KeyStore {
  readonly #database: Database;
  #pepper: Promise<string> | undefined;

  constructor(database: Database) {
    this.#database = database;
  }

  /** @returns the key, and the token that is shown this once */
  async create(fields: KeyFields, actor: Actor): Promise<{ key: Key; token: string }> {
    const token = makeToken();
    const id = `key_${randomBytes(9).toString('base64url')}`;
    const secret = await this.#secret(token);
    await this.#change(actor, 'key.create', id, fields, (db) =>
      db
        .insertInto('keys')
        .values({ id, ...secret, ...keyColumns(fields), revoked_at: null, created_at: Date.now() })
        .execute(),
    );
    return { key: (await this.get(id))!, token };
  }

  async list(): Promise<Key[]> {
    const [db, projects] = [await this.#database.queries(), await this.#projectsById()];
    const rows = await db.selectFrom('keys').selectAll().orderBy('created_at').execute();
    return rows.map((row) => keyOf(row, projects));
  }

  async get(id: string): Promise<Key | undefined> {
    const db = await this.#database.queries();
    const row = await db.selectFrom('keys').selectAll().where('id', '=', id).executeTakeFirst();
    return row && keyOf(row, await this.#projectsById());
  }

  /** The key behind a token, also when it has been revoked or has expired. */
  async byToken(token: string): Promise<Key | undefined> {
    const db = await this.#database.queries();
    const { hash } = await this.#secret(token);
    const row = await db.selectFrom('keys').selectAll().where('hash', '=', hash).executeTakeFirst();
    return row && keyOf(row, await this.#projectsById());
  }

  async update(id: string, fields: KeyFields, actor: Actor): Promise<Key | undefined> {
    await this.#change(actor, 'key.update', id, fields, (db) =>
      db.updateTable('keys').set(keyColumns(fields)).where('id', '=', id).execute(),
    );
    return this.get(id);
  }

  /** A new token for the same key; the old one is dead at once. */
  async rotate(id: string, actor: Actor): Promise<{ key: Key; token: string } | undefined> {
    const token = makeToken();
    const secret = await this.#secret(token);
    await this.#change(actor, 'key.rotate', id, {}, (db) =>
      db.updateTable('keys').set(secret).where('id', '=', id).execute(),
    );
    const key = await this.get(id);
    return key && { key, token };
  }

  async revoke(id: string, actor: Actor): Promise<Key | undefined> {
    await this.#change(actor, 'key.revoke', id, {}, (db) =>
      db
        .updateTable('keys')
        .set({ revoked_at: Date.now() })
        .where('id', '=', id)
        .where('revoked_at', 'is', null)
        .execute(),
    );
    return this.get(id);
  }

  async createProject(fields: ProjectFields, actor: Actor): Promise<Project> {
    const id = `proj_${randomBytes(9).toString('base64url')}`;
    await this.#change(actor, 'project.create', id, fields, (db) =>
      db
        .insertInto('projects')
        .values({ id, ...projectColumns(fields), deleted_at: null, created_at: Date.now() })
        .execute(),
    );
    return (await this.getProject(id))!;
  }

  async listProjects(): Promise<Project[]> {
    return [...(await this.#projectsById()).values()];
  }

  /** @param name id or alias */
  async getProject(name: string): Promise<Project | undefined> {
    const projects = await this.#projectsById();
    return projects.get(name) ?? [...projects.values()].find(({ alias }) => alias === name);
  }

  async updateProject(id: string, fields: ProjectFields, actor: Actor): Promise<Project | undefined> {
    await this.#change(actor, 'project.update', id, fields, (db) =>
      db.updateTable('projects').set(projectColumns(fields)).where('id', '=', id).execute(),
    );
    return this.getProject(id);
  }

  /** The project and all its keys: they stop working. */
  async deleteProject(id: string, actor: Actor): Promise<void> {
    const now = Date.now();
    await this.#change(actor, 'project.delete', id, {}, async (db) => {
      await db.updateTable('projects').set({ deleted_at: now }).where('id', '=', id).execute();
      await db
        .updateTable('keys')
        .set({ revoked_at: now })
        .where('project_id', '=', id)
        .where('revoked_at', 'is', null)
        .execute();
    });
  }

  async #projectsById(): Promise<Map<string, Project>> {
    const db = await this.#database.queries();
    const rows = await db
      .selectFrom('projects')
      .selectAll()
      .where('deleted_at', 'is', null)
      .orderBy('created_at')
      .execute();
    return new Map(rows.map((row) => [row.id, projectOf(row)]));
  }

  async #change(
    actor: Actor,
    action: string,
    subject: string,
    details: object,
    change: (db: Transaction<Schema>) => Promise<unknown>,
  ): Promise<void> {
    const db = await this.#database.queries();
    await db.transaction().execute(async (transaction) => {
      await change(transaction);
      await transaction
        .insertInto('audit')
        .values({
          id: randomUUID(),
          at: Date.now(),
          actor,
          action,
          subject,
          details: JSON.stringify(details),
        })
        .execute();
    });
  }

  async #secret(token: string): Promise<{ hash: string; last_four: string }> {
    this.#pepper ??= this.#database.queries().then(pepperOf);
    this.#pepper.catch(() => {
      this.#pepper = undefined;
    });
    return { hash: hashToken(await this.#pepper, token), last_four: token.slice(-4) };
  }
}

/** Chosen once by whichever process is first. */
async function pepperOf(db: Kysely<Schema>): Promise<string> {
  const value = randomBytes(32).toString('base64url');
  await db
    .insertInto('settings')
    .values({ name: 'key-pepper', value })
    .onConflict((conflict) => conflict.column('name').doNothing())
    .execute();
  const row = await db
    .selectFrom('settings')
    .select('value')
    .where('name', '=', 'key-pepper')
    .executeTakeFirstOrThrow();
  return row.value;
}

function limitColumns({ rpm, tpm, maxConcurrency, budget }: Limits) {
  return {
    rpm: rpm ?? null,
    tpm: tpm ?? null,
    max_concurrency: maxConcurrency ?? null,
    budget_nano: budget?.amount ?? null,
    budget_period: budget?.period ?? null,
  };
}

function projectColumns({ alias, limits }: ProjectFields) {
  return { alias, ...limitColumns(limits) };
}

function keyColumns(fields: KeyFields) {
  const { userLimits } = fields;
  return {
    ...projectColumns(fields),
    project_id: fields.projectId,
    user: fields.user,
    models: fields.models && JSON.stringify(fields.models),
    user_rpm: userLimits.rpm ?? null,
    user_tpm: userLimits.tpm ?? null,
    user_budget_nano: userLimits.budget?.amount ?? null,
    // Users' budgets run over the same period as the key's.
    budget_period: fields.limits.budget?.period ?? userLimits.budget?.period ?? null,
    expires_at: fields.expiresAt,
  };
}

function limitsOf(row: Omit<KeyRow, 'user_rpm'> | ProjectRow): Limits {
  return {
    ...(row.rpm !== null && { rpm: row.rpm }),
    ...(row.tpm !== null && { tpm: row.tpm }),
    ...(row.max_concurrency !== null && { maxConcurrency: row.max_concurrency }),
    ...(row.budget_nano !== null && {
      budget: { amount: row.budget_nano, period: (row.budget_period ?? 'month') as Period },
    }),
  };
}

function userLimitsOf(row: KeyRow): Limits {
  return {
    ...(row.user_rpm !== null && { rpm: row.user_rpm }),
    ...(row.user_tpm !== null && { tpm: row.user_tpm }),
    ...(row.user_budget_nano !== null && {
      budget: { amount: row.user_budget_nano, period: (row.budget_period ?? 'month') as Period },
    }),
  };
}

function keyOf(row: KeyRow, projects: ReadonlyMap<string, Project>): Key {
  return {
    id: row.id,
    alias: row.alias,
    lastFour: row.last_four,
    project: row.project_id === null ? null : (projects.get(row.project_id) ?? null),
    user: row.user,
    models: row.models === null ? null : (JSON.parse(row.models) as string[]),
    limits: limitsOf(row),
    userLimits: userLimitsOf(row),
    expiresAt: row.expires_at,
    revokedAt: row.revoked_at,
    createdAt: row.created_at,
  };
}

function projectOf(row: ProjectRow): Project {
  return { id: row.id, alias: row.alias, limits: limitsOf(row), createdAt: row.created_at };
}
