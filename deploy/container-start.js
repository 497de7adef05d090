// The entry of the image. A container's volume often belongs to root (Railway, a new Docker volume over a folder that the
// image does not have), and the server does not run as root: this makes the folder usable where it may, or says what to do.
// Everything else is src/start.js.
import { accessSync, chownSync, constants, existsSync, lstatSync, mkdirSync, readdirSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';

/** The user of the official Node images. */
const USER = 'node';
const UID = 1000;

const isRoot = process.getuid?.() === 0;
// What root would write there, the server's user could not go on with.
if (!isRoot) await import('../src/compile-cache.js');
const file = await booksFile();
const folder = dirname(file);
try {
  if (isRoot) handOver();
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  accessSync(folder, constants.W_OK | constants.X_OK);
} catch (error) {
  process.stderr.write(
    `${folder} cannot be used by user ${process.getuid?.()} (${error.code}), and ledger rows live there. Let the volume ` +
      'belong to that user (Kubernetes: fsGroup; Docker: --user), or start the container as root (Railway: ' +
      'RAILWAY_RUN_UID=0; Docker: --user 0): then it hands the folder over and runs the server without root.\n',
  );
  process.exit(1);
}
await import('../src/start.js');

/** The SQLite file, or that of ledger rows on their way to PostgreSQL, of the server that is about to start. */
async function booksFile() {
  if (existsSync('.env')) (await import('dotenv')).default.config({ quiet: true });
  const { serverDatabase } = await import('../src/config/server-database.ts');
  const { isPostgresUrl, sqliteFile } = await import('../src/core/database-url.ts');
  try {
    const { url, settings } = await serverDatabase(process.env);
    return resolve(isPostgresUrl(url) ? settings.OUTBOX_PATH : (sqliteFile(url) ?? 'data/codellama.db'));
  } catch (error) {
    // What is wrong with the configuration; the server would say the same.
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  }
}

/**
 * Gives the folder to the server's user and becomes that user. Of the files in it only those of the database: nothing else
 * there is ours, and a link may lead anywhere.
 */
function handOver() {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (folder !== '/') chownSync(folder, UID, UID);
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    if (name.startsWith(basename(file)) && lstatSync(path).isFile()) chownSync(path, UID, UID);
  }
  process.initgroups(USER, UID);
  process.setgid(UID);
  process.setuid(UID);
  process.env.HOME = `/home/${USER}`;
}
