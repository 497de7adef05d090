/**
 * Vitest's global setup: what each worker loads is stripped of its types and compiled once for all of them. In a folder of this
 * run alone: Vitest gives test files new addresses in each, which would fill one that stays.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export default function setup(): () => void {
  const folder = mkdtempSync(join(tmpdir(), 'codellama-compiled-'));
  process.env.NODE_COMPILE_CACHE = folder;
  return () => rmSync(folder, { recursive: true, force: true });
}
