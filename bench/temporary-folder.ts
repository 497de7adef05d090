/** Folders that are gone when the bench is: a ledger of a million rows is large. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const folders: string[] = [];

process.on('exit', () => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
});

export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'codellama-bench-'));
  folders.push(folder);
  return folder;
}
