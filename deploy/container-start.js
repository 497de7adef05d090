// The entry of the image. A container's volume often belongs to root (Railway, a new Docker volume over a folder that the
// image does not have), and the server does not run as root: this makes the folder usable where it may, or says what to do.
// Everything else is src/start.js.
import { accessSync, chownSync, constants, lstatSync, mkdirSync, readdirSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';

/** The user of the official Node images. */
const USER = 'node';
const UID = 1000;

const file = fileOf(process.env);
const folder = dirname(file);
try {
  if (process.getuid?.() === 0) handOver();
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

/** The SQLite file, or that of ledger rows on their way to PostgreSQL. */
function fileOf({ DATABASE_URL = '', OUTBOX_PATH = '' }) {
  const sqlite = /^sqlite:(?:\/\/)?(.+)$/.exec(DATABASE_URL.trim())?.[1];
  if (sqlite && sqlite !== ':memory:') return resolve(sqlite);
  return resolve(
    DATABASE_URL.startsWith('postgres') ? OUTBOX_PATH.trim() || 'data/outbox.db' : 'data/codellama.db',
  );
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
