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
        },
      },
      // Processes that are killed again and again: a minute and more, so apart from what is run at every change.
      {
        extends: true,
        test: { name: 'crash', include: ['test/crash/**/*.test.ts'], testTimeout: 1_800_000 },
      },
    ],
    // These end what never comes. However busy the machine is, what does come is in time.
    testTimeout: 600_000,
    hookTimeout: 300_000,
    expect: { poll: { timeout: 100_000 } },
    globalSetup: ['test/helpers/compile-once.ts', 'test/helpers/say-what-is-left-out.ts'],
    // Node itself loads what is tested, as it does for users.
    experimental: { viteModuleRunner: false, nodeLoader: false },
    // Real sockets and real timers: they wait for a fifth of their time, and more files at once would starve a 2-core machine.
    maxWorkers: 3,
  },
});
