import type { KnipConfig } from 'knip';
import { pages } from './src/pages/page-list.ts';

/** What is found from nowhere else is unused; these are started or fetched by their names. */
const config: KnipConfig = {
  entry: [
    'src/command.js',
    'src/cli/*.ts',
    'src/**/*-worker.{ts,js}',
    'src/pages/browser/theme.js',
    ...pages.map(({ module }) => `src/pages/browser/${module}`),
    'bench/{bench,allocations,soak,profile,load-generator,probe,probe-client}.ts',
    'bench/servers/*.ts',
    'bench/load/main.ts',
    'bench/hostile/{one-by-one,turn-watch,small-requests}.ts',
    'test/helpers/{ledger-writer,database-opener,stray-faults}.ts',
    'deploy/**/*.{ts,js}',
  ],
  project: ['src/**/*.{ts,js}', 'bench/**/*.ts', 'test/**/*.ts', 'deploy/**/*.{ts,js}'],
  ignoreDependencies: ['pino-pretty'],
  ignoreExportsUsedInFile: true,
  ignoreBinaries: ['prlimit', 'promtool', 'taskset'],
};

export default config;
