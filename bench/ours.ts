/** How our own server is started for measuring: everything on. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const ADMIN_KEY = 'the key of the bench';

export function ourEnvironment(port: number, upstream: number): Record<string, string> {
  const folder = mkdtempSync(join(tmpdir(), 'codellama-bench-'));
  return {
    PORT: String(port),
    HOST: '127.0.0.1',
    LOG_FORMAT: 'json',
    ADMIN_KEY,
    DATABASE_URL: `sqlite:${join(folder, 'ledger.db')}`,
    TOGETHER_API_KEY: 'bench',
    TOGETHER_BASE_URL: `http://127.0.0.1:${upstream}/v1`,
  };
}

/** A caller key with every kind of limit, none of which is reached; or the administrator's, without limits. */
export async function keyWithLimits(port: number, isOpen = false): Promise<Record<string, string>> {
  const admin = { authorization: `Bearer ${ADMIN_KEY}` };
  if (isOpen) return admin;
  const response = await fetch(`http://127.0.0.1:${port}/keys`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...admin },
    body: JSON.stringify({
      alias: 'bench',
      budget_usd: 1_000_000,
      rpm: 1e8,
      tpm: 1e11,
      max_concurrency: 10_000,
    }),
  });
  const { key } = (await response.json()) as { key: string };
  return { authorization: `Bearer ${key}` };
}
