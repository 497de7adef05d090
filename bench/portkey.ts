/** Portkey's gateway, installed from npm into a folder of its own: a peer to compare with, not a dependency. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const PORTKEY_VERSION = '1.15.2';

/** @returns the path of its start script, or nothing when it cannot be installed */
export function installPortkey(): string | undefined {
  const folder = join(tmpdir(), `codellama-bench-portkey-${PORTKEY_VERSION}`);
  const script = join(folder, 'node_modules/@portkey-ai/gateway/build/start-server.js');
  if (existsSync(script)) return script;
  try {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'package.json'), '{"private":true}');
    execFileSync('npm', ['install', `@portkey-ai/gateway@${PORTKEY_VERSION}`, '--no-audit', '--no-fund'], {
      cwd: folder,
      stdio: 'ignore',
      timeout: 180_000,
    });
    return existsSync(script) ? script : undefined;
  } catch {
    return undefined;
  }
}
