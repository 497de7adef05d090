/** How tokens are stored and found: by a hash that is keyed with a secret of this database (the pepper). */
import { randomBytes } from 'node:crypto';
import type { Kysely } from 'kysely';
import type { Database } from '../database/database.ts';
import type { Schema } from '../database/schema.ts';
import { hashToken } from './token.ts';

/** Hashes tokens with the database's pepper, which is read once; a failed read is tried again at the next call. */
export class KeyHashes {
  readonly #database: Database;
  #pepper: Promise<string> | undefined;

  constructor(database: Database) {
    this.#database = database;
  }

  /** The keyed hash of a token. */
  async hashOf(token: string): Promise<string> {
    this.#pepper ??= this.#database.queries().then(pepperOf);
    this.#pepper.catch(() => {
      this.#pepper = undefined;
    });
    return hashToken(await this.#pepper, token);
  }

  /** The columns of a key's row that are made of its token; the token itself is not stored. */
  async columnsOf(token: string): Promise<{ hash: string; last_four: string }> {
    return { hash: await this.hashOf(token), last_four: token.slice(-4) };
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
