/** Vitest's global setup: after all tests it says which suites did not run, why, and how they would. */

import { spawnSync } from 'node:child_process';

const NEEDS = [
  ['TEST_DATABASE_URL', 'postgres://postgres@127.0.0.1:5432/test', 'the PostgreSQL suites'],
  ['TEST_REDIS_URL', 'redis://127.0.0.1:6379', 'the Redis suites'],
] as const;

export default function setup(): () => void {
  return () => {
    if (process.argv.includes('main'))
      process.stdout.write('\n  LEFT OUT: the pages in a browser. Run them by `npm run test:pages`.\n');
    if (!process.argv.includes('crash'))
      process.stdout.write(
        '\n  LEFT OUT: the crash suite (kill -9 under load). Run it by `npm run test:crash`.\n',
      );
    if (spawnSync('promtool', ['--version']).error)
      process.stdout.write(
        '\n  LEFT OUT: alert rules checked by promtool. Install Prometheus to run them.\n',
      );
    for (const [variable, example, suites] of NEEDS) {
      if (process.env[variable]) continue;
      process.stdout.write(`\n  LEFT OUT: ${suites}. Set ${variable} (such as ${example}) to run them.\n`);
    }
  };
}
