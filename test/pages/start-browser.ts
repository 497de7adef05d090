/** Vitest's global setup of the page suites: one Chromium for all of them, or a loud word that there is none. */
import { chromium } from 'playwright-core';
import type { TestProject } from 'vitest/node';
import { findChromium } from './find-chromium.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Where the browser is reached; empty where there is none. */
    browser: string;
  }
}

export default async function setup(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  const executablePath = findChromium();
  if (!executablePath) {
    project.provide('browser', '');
    process.stdout.write(
      '\n  LEFT OUT: everything in a browser, as there is no Chromium. Install it (such as `apt-get install chromium`) or set ' +
        'CHROMIUM_PATH.\n',
    );
    return undefined;
  }
  const server = await chromium.launchServer({
    executablePath,
    timeout: 300_000,
    // Names that only this browser knows: pages under a host name, and a stranger's site.
    args: ['--no-sandbox', '--host-resolver-rules=MAP *.test 127.0.0.1'],
  });
  project.provide('browser', server.wsEndpoint());
  return () => server.close();
}
