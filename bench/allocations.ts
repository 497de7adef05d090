/**
 * `npm run bench:allocations`: bytes the server's JavaScript heap hands out for a miss, a hit and a streamed frame. They
 * do not depend on how fast the machine is, so that this can be a test: it fails when one is above its ceiling.
 * `--update` writes new ceilings from what it sees.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { freePort } from '../test/helpers/free-port.ts';
import type { Job } from './load/job.ts';
import { LoadGenerator } from './load-generator.ts';
import { keyWithLimits, startOurs } from './ours.ts';
import { askProbe } from './probe-client.ts';
import { endAll, LOAD_CORE, SERVER_CORE, start, untilAnswers } from './processes.ts';
import { CHAT } from './stage.ts';
import { spread } from './statistics.ts';

const { values: options } = parseArgs({ options: { update: { type: 'boolean', default: false } } });
const REPEATS = 5;
/** How much more than seen a ceiling allows. */
const MARGIN = 1.15;
/** Few, so that how rows and log lines happen to be batched says little. */
const CONNECTIONS = 8;
const WARM_UP = { connections: 32, requests: 8_000 };
const ceilingsFile = new URL('allocations.json', import.meta.url);

const [upstream, port] = [await freePort(), await freePort()];
start('servers/upstream.ts', [String(upstream)], { core: LOAD_CORE });
const server = startOurs({ port, upstream, core: SERVER_CORE, probe: true });
await untilAnswers(`http://127.0.0.1:${port}/health/ready`, true);
const headers = await keyWithLimits(port);
const target = { port, path: CHAT, headers, form: 'prompt' } as const;
const load = new LoadGenerator();

/** Its requests are counted; on a busy machine they take long, and code that has run too seldom allocates more. */
const closedLoop = { plan: 'closed loop', target, connections: CONNECTIONS, seconds: 600 } as const;
const paced = { plan: 'paced streams', target, beginWithin: 0.02 } as const;
/** Frames come one by one, as each read of the socket allocates too. */
const shape = { frames: 100, gap: 10 };
const subjects: Record<string, { warmUp: Job; job: Job; units: number }> = {
  'cache miss': {
    warmUp: { ...closedLoop, question: { isNew: true }, ...WARM_UP },
    job: { ...closedLoop, question: { isNew: true }, requests: 1_000 },
    units: 1_000,
  },
  'cache hit': {
    warmUp: { ...closedLoop, question: { isNew: false }, ...WARM_UP },
    job: { ...closedLoop, question: { isNew: false }, requests: 1_000 },
    units: 1_000,
  },
  'streamed frame': {
    warmUp: { ...closedLoop, question: { isNew: true, stream: { frames: 100, gap: 0 } }, requests: 300 },
    job: { ...paced, streams: 20, shape },
    units: 20 * shape.frames,
  },
};

const seen: Record<string, number> = {};
for (const [name, { warmUp, job, units }] of Object.entries(subjects)) {
  await load.run(warmUp);
  const bytes: number[] = [];
  for (let repeat = 0; repeat < REPEATS; repeat++) bytes.push((await allocatedBy(job)) / units);
  const { min, median, max } = spread(bytes);
  seen[name] = median;
  console.log(`${name}: ${Math.round(median)} bytes (${Math.round(min)} to ${Math.round(max)})`);
}
endAll();

if (options.update) {
  const ceilings = Object.entries(seen).map(([name, bytes]) => [name, Math.ceil((bytes * MARGIN) / 10) * 10]);
  writeFileSync(ceilingsFile, `${JSON.stringify(Object.fromEntries(ceilings), null, 2)}\n`);
  console.log('The ceilings are written to bench/allocations.json.');
  process.exit(0);
}
const ceilings = JSON.parse(readFileSync(ceilingsFile, 'utf8')) as Record<string, number>;
const above = Object.entries(seen).filter(([name, bytes]) => bytes > ceilings[name]!);
for (const [name, bytes] of above)
  console.error(
    `A ${name} allocates ${Math.round(bytes)} bytes; at most ${ceilings[name]} are allowed. If that is worth it, say why and run ` +
      '`npm run bench:allocations -- --update`.',
  );
process.exit(above.length > 0 ? 1 : 0);

async function allocatedBy(job: Job): Promise<number> {
  const before = await askProbe(server, { count: 'allocated bytes' });
  await load.run(job);
  // Rows and log lines leave a little later.
  await new Promise((resolve) => setTimeout(resolve, 200));
  return (await askProbe(server, { count: 'allocated bytes' })) - before;
}
