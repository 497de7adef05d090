import { randomBytes } from 'node:crypto';
import type { PostgresDatabase } from './database.ts';
import { type ServerMarks, thisProcess } from './other-servers.ts';

const PREFIX = 'server:';

interface Row {
  readonly name: string;
  /** `<milliseconds> <process>` */
  readonly value: string;
  readonly now: number;
}

/**
 * Marks of the servers on one PostgreSQL, as rows of `settings` whose time is renewed, by its clock. Locks that end with their
 * connection would be plainer, but a pooler between us and PostgreSQL keeps connections, and so locks, of servers that are gone.
 */
export function serverMarksInPostgres(database: PostgresDatabase): ServerMarks {
  const ownName = `${PREFIX}${randomBytes(8).toString('hex')}`;
  return {
    place: 'this PostgreSQL database',
    ownName,
    async renew() {
      const { sql } = await import('kysely');
      const now = sql`(extract(epoch from clock_timestamp()) * 1000)::bigint`;
      const { rows } = await sql<Row>`
        WITH own AS (
          INSERT INTO settings (name, value) VALUES (${ownName}, ${now} || ${` ${thisProcess()}`})
          ON CONFLICT (name) DO UPDATE SET value = excluded.value)
        SELECT name, value, ${now} AS now FROM settings WHERE name LIKE ${`${PREFIX}%`} AND name <> ${ownName}
      `.execute(await database.queries());
      return rows.map(({ name, value, now }) => {
        const renewedAt = Number.parseInt(value, 10);
        return { name, renewedAt, age: now - renewedAt, process: value.slice(value.indexOf(' ') + 1) };
      });
    },
    async remove(name) {
      await (await database.queries()).deleteFrom('settings').where('name', '=', name).execute();
    },
  };
}
