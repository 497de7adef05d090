import { randomBytes } from 'node:crypto';
import type { Kysely } from 'kysely';
import type { Database } from '../database/database.ts';
import type { Schema } from '../database/schema.ts';
import { type Actor, audited, forUpdate } from './audited-change.ts';
import type { Project, ProjectFields } from './key.ts';
import { projectColumns, projectOf } from './key-rows.ts';

/** Projects in the database. Each change names its actor, and is written together with its audit row. */
export class ProjectStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async create(fields: ProjectFields, actor: Actor): Promise<Project> {
    const id = `proj_${randomBytes(9).toString('base64url')}`;
    await audited(this.#database, actor, 'project.create', id, async (db) => {
      await db
        .insertInto('projects')
        .values({ id, ...projectColumns(fields), deleted_at: null, created_at: Date.now() })
        .execute();
      return fields;
    });
    return (await this.get(id))!;
  }

  async list(): Promise<Project[]> {
    return [...(await projectsById(await this.#database.queries())).values()];
  }

  /** How many keys each project has that are not revoked. */
  async countKeys(): Promise<ReadonlyMap<string | null, number>> {
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
  async get(name: string): Promise<Project | undefined> {
    const projects = await projectsById(await this.#database.queries());
    return projects.get(name) ?? [...projects.values()].find(({ alias }) => alias === name);
  }

  /**
   * Reads and writes in one transaction, so that of two changes at the same time both are kept.
   * @param change makes the new fields of the project as it is then, given all others
   */
  async update(
    id: string,
    change: (project: Project, others: readonly Project[]) => ProjectFields,
    actor: Actor,
  ): Promise<Project | undefined> {
    await audited(this.#database, actor, 'project.update', id, async (db) => {
      await forUpdate(this.#database, db.selectFrom('projects').select('id').where('id', '=', id)).execute();
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
    return this.get(id);
  }

  /** The project and all its keys: they stop working. */
  async delete(id: string, actor: Actor): Promise<void> {
    const now = Date.now();
    await audited(this.#database, actor, 'project.delete', id, async (db) => {
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
}

/** All that are not deleted, by id, the oldest first. There are few: keys are read with all of them. */
export async function projectsById(db: Kysely<Schema>): Promise<Map<string, Project>> {
  const rows = await db
    .selectFrom('projects')
    .selectAll()
    .where('deleted_at', 'is', null)
    .orderBy('created_at')
    .execute();
  return new Map(rows.map((row) => [row.id, projectOf(row)]));
}
