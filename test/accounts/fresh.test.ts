/** A new SQLite file gets its tables at once; they must be those the migrations make. */
import { Kysely, SqliteDialect } from 'kysely';
import { expect, it } from 'vitest';
import { migrate, openDatabase } from '../../src/accounts/database/database.ts';
import { MIGRATIONS } from '../../src/accounts/database/fresh.ts';
import { migrations } from '../../src/accounts/database/migrations.ts';
import { forKysely, openSqlite } from '../../src/accounts/database/node-sqlite.ts';
import type { Schema } from '../../src/accounts/database/schema.ts';

const TABLES = "SELECT name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_%' ORDER BY name";

it('has the same tables', async () => {
  const connection = openSqlite(':memory:');
  await migrate(new Kysely<Schema>({ dialect: new SqliteDialect({ database: forKysely(connection) }) }));
  const fresh = await openDatabase('sqlite::memory:');
  if (fresh.kind !== 'sqlite') throw new Error('not SQLite');
  expect(fresh.connection.prepare(TABLES).all()).toEqual(connection.prepare(TABLES).all());
  await fresh.close();
  connection.close();
});

it('counts as migrated', () => {
  expect(Object.keys(migrations)).toEqual([...MIGRATIONS]);
});
