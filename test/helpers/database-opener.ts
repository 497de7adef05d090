/** A process that opens a database at the time it is told on stdin, and prints how many tables it has. */
import { once } from 'node:events';
import { openDatabase, type SqliteDatabase } from '../../src/accounts/database/database.ts';

// Whatever opening loads is loaded before the start, so that the processes meet.
const warm = await openDatabase('sqlite::memory:');
await warm.close();
process.stdout.write('ready\n');
const [start] = await once(process.stdin, 'data');
// A timer would be late by milliseconds, and the processes would miss each other.
while (Date.now() < Number(start));
const { connection, close } = (await openDatabase(process.argv[2]!)) as SqliteDatabase;
process.stdout.write(
  `${connection.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").all().length}\n`,
);
await close();
process.exit();
