/** Marks of the servers on one SQLite file, as files beside it whose time is renewed. */
import { randomBytes } from 'node:crypto';
import { readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { type ServerMark, type ServerMarks, thisProcess } from './other-servers.ts';

/** @param path of the SQLite file */
export function serverMarksInFiles(path: string): ServerMarks {
  const folder = dirname(path);
  const stem = `${basename(path)}-server-`;
  const ownName = `${stem}${process.pid}-${randomBytes(4).toString('hex')}`;
  const own = join(folder, ownName);

  async function renewOwn(): Promise<void> {
    const now = new Date();
    // The file may have been deleted by hand.
    await utimes(own, now, now).catch(() => writeFile(own, `${thisProcess()}\n`, { mode: 0o600 }));
  }

  return {
    place: `the data folder ${resolve(folder)}`,
    ownName,
    async renew() {
      // On a full disk there is no mark, but those of others are.
      await renewOwn().catch(() => {});
      const names = await readdir(folder);
      const others = names.filter((name) => name.startsWith(stem) && name !== ownName);
      const marks = await Promise.all(others.map((name) => markIn(folder, name).catch(() => undefined)));
      return marks.filter((mark) => mark !== undefined);
    },
    remove: (name) => rm(join(folder, name), { force: true }),
  };
}

async function markIn(folder: string, name: string): Promise<ServerMark | undefined> {
  const file = join(folder, name);
  const found = await stat(file);
  if (!found.isFile()) return undefined;
  const { mtimeMs: renewedAt } = found;
  return { name, renewedAt, age: Date.now() - renewedAt, process: (await readFile(file, 'utf8')).trim() };
}
