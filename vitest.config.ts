import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 15_000,
    hookTimeout: 15_000,
    globalSetup: 'test/helpers/say-what-is-left-out.ts',
    // Real sockets and real timers: a few files at a time keep a 2-core machine from starving them.
    maxWorkers: 2,
  },
});
