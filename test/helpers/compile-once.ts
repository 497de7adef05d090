/**
 * Vitest's global setup: what each worker loads is stripped of its types and compiled once for all of them. The folder is emptied
 * at the start of each run, as Vitest gives test files new addresses in each; and not at the end, when the last workers still
 * write into it.
 */
import { renameSync, rmSync } from 'node:fs';
import { resolve } from 'node:path';

export default function setup(): void {
  const folder = resolve('node_modules/.cache/compiled-tests');
  const old = `${folder}-${process.pid}`;
  try {
    // Moved first: workers of another run beside this one may be writing.
    renameSync(folder, old);
    rmSync(old, { recursive: true, force: true });
  } catch {
    // There is none yet, or another run has just moved it.
  }
  process.env.NODE_COMPILE_CACHE = folder;
}
