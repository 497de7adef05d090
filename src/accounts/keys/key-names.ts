import type { Database } from '../database/database.ts';
import type { HolderNames } from '../ledger/request-row.ts';

interface Ids {
  readonly key_id: string | null;
  readonly project_id: string | null;
}

/** A database takes only so many parameters. */
const IDS_AT_ONCE = 500;

/** Aliases of keys and projects, for reports in which their ids stand: also of those that are revoked or deleted. */
export class KeyNames {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** @returns the aliases of the keys and of the projects that stand in these rows, by id */
  async aliasesOf(rows: readonly Ids[]): Promise<HolderNames> {
    const [keys, projects] = await Promise.all([
      this.#aliases('keys', new Set(rows.flatMap(({ key_id: id }) => id ?? []))),
      this.#aliases('projects', new Set(rows.flatMap(({ project_id: id }) => id ?? []))),
    ]);
    return { keys, projects };
  }

  /** @param name id or alias @returns its ids; a key that was made again has the alias of the one before. */
  async idsNamed(table: 'keys' | 'projects', name: string): Promise<string[]> {
    const db = await this.#database.queries();
    const rows = await db
      .selectFrom(table)
      .select('id')
      .where((is) => is.or([is('id', '=', name), is('alias', '=', name)]))
      .limit(1_000)
      .execute();
    return rows.map(({ id }) => id);
  }

  async #aliases(table: 'keys' | 'projects', ids: ReadonlySet<string>): Promise<Map<string, string>> {
    const aliases = new Map<string, string>();
    const db = ids.size > 0 ? await this.#database.queries() : undefined;
    const all = [...ids];
    for (let at = 0; db && at < all.length; at += IDS_AT_ONCE) {
      const some = all.slice(at, at + IDS_AT_ONCE);
      const rows = await db.selectFrom(table).select(['id', 'alias']).where('id', 'in', some).execute();
      for (const { id, alias } of rows) aliases.set(id, alias);
    }
    return aliases;
  }
}
