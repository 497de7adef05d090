/** Portkey's gateway, installed from npm into a folder of its own: a peer to compare with, not a dependency. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const PORTKEY_VERSION = '1.15.2';
/**
 * Portkey takes any 1.x of this one, but with today's newest it answers 500 to every stream ("immutable": it writes to
 * headers that this package hands on as they came). With this one it streams.
 */
const HONO_SERVER_VERSION = '1.13.8';

/** @returns the path of its start script, or nothing when it cannot be installed */
export function installPortkey(): string | undefined {
  const folder = join(tmpdir(), `codellama-bench-portkey-${PORTKEY_VERSION}-${HONO_SERVER_VERSION}`);
  const script = join(folder, 'node_modules/@portkey-ai/gateway/build/start-server.js');
  if (existsSync(script)) return script;
  const manifest = {
    private: true,
    dependencies: { '@portkey-ai/gateway': PORTKEY_VERSION },
    overrides: { '@hono/node-server': HONO_SERVER_VERSION },
  };
  try {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest));
    execFileSync('npm', ['install', '--no-audit', '--no-fund'], {
      cwd: folder,
      stdio: 'ignore',
      timeout: 180_000,
    });
    return existsSync(script) ? script : undefined;
  } catch {
    return undefined;
  }
}
