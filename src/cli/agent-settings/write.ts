/** Settings written where the agent reads them, with a copy of what was there. */
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { SettingsFile } from './agents.ts';
import { mergeSettings } from './merge.ts';

/** Keys are in it: for its owner alone. An existing file keeps its own mode. */
const MODE = 0o600;

/**
 * @param at the time, for the name of the copy
 * @returns where it was written, and where the copy is; no copy of a file that was not there or that says the same
 * @throws {Error} for a file that cannot be understood: it stays as it is
 */
export async function writeSettings(
  home: string,
  file: SettingsFile,
  at: Date,
): Promise<{ path: string; backup: string | undefined }> {
  const path = join(home, file.path);
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  let next: string;
  try {
    next = mergeSettings(text ?? '', file);
  } catch (error) {
    throw new Error(
      `${path} was left as it is: it is no plain ${file.format} (${(error as Error).message}).`,
    );
  }
  if (text === next) return { path, backup: undefined };
  const backup =
    text === undefined ? undefined : `${path}.${at.toISOString().replace(/[-:]|\.\d+/g, '')}.bak`;
  if (backup) await copyFile(path, backup);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, next, { mode: MODE });
  return { path, backup };
}
