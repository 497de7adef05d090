import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    projects: [
      {
        extends: true,
        test: { name: 'main', include: ['test/**/*.test.ts'], exclude: ['test/crash/**', 'test/pages/**'] },
      },
      // In a browser; all files share one, which is started once.
      {
        extends: true,
        test: {
          name: 'pages',
          include: ['test/pages/**/*.test.ts'],
          globalSetup: 'test/pages/start-browser.ts',
          testTimeout: 60_000,
          hookTimeout: 60_000,
          // A page on a busy machine may draw what it has a second later.
          expect: { poll: { timeout: 10_000 } },
        },
      },
      // Processes that are killed again and again: a minute and more, so apart from what is run at every change.
      { extends: true, test: { name: 'crash', include: ['test/crash/**/*.test.ts'] } },
    ],
    testTimeout: 15_000,
    hookTimeout: 15_000,
    globalSetup: 'test/helpers/say-what-is-left-out.ts',
    // Real sockets and real timers: a few files at a time keep a 2-core machine from starving them.
    maxWorkers: 2,
  },
});
