/** Resident memory: at rest, with 1,000 open streams, and over very many requests. */
import { residentMemory } from '../cpu.ts';
import type { Job, Target } from '../load/job.ts';
import type { Options } from '../options.ts';
import { keyWithLimits, startOurs } from '../ours.ts';
import { SERVER_CORE, type Started, start, untilAnswers } from '../processes.ts';
import type { Row } from '../report.ts';
import { CHAT, PORTS, type Stage } from '../stage.ts';
import { percentile, spread } from '../statistics.ts';

const ROUNDS = 3;
const STREAMS = 1_000;
const ENOUGH_TO_BE_FLAT = 1_000_000;

export async function measureMemory(stage: Stage, { requests }: Options): Promise<Row[]> {
  const ours = await addedByStreams(stage, freshServer);
  const pipe = await addedByStreams(stage, freshPipe);
  return [
    { what: 'idle RSS, everything on', unit: 'MB', value: spread(ours.idle), target: { limit: 110 } },
    {
      what: 'RSS added by 1,000 open streams, on a fresh server',
      unit: 'MB',
      value: spread(ours.added),
      target: { limit: 60 },
    },
    {
      what: 'RSS added by 1,000 open streams, on a fresh node:http pipe',
      unit: 'MB',
      value: spread(pipe.added),
    },
    ...(await measureGrowth(stage, requests)),
  ];
}

async function addedByStreams({ load }: Stage, begin: () => Promise<Fresh>) {
  const idle: number[] = [];
  const added: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const { server, target } = await begin();
    idle.push(residentMemory(server.pid));
    // Two seconds to begin, three in which all are open.
    const shape = { frames: 50, gap: 100 };
    const job: Job = { plan: 'paced streams', target, streams: STREAMS, shape, beginWithin: 2 };
    const samples = await sampled(server, () => load.run(job));
    added.push(Math.max(...samples) - idle.at(-1)!);
    await server.stop();
  }
  return { idle, added };
}

/** The cache fills and the heap finds its size within some 200,000 requests; after that nothing should grow. */
async function measureGrowth(stage: Stage, requests: number): Promise<Row[]> {
  const { server, target } = await freshServer();
  const question = { isNew: true, cache: 'miss' } as const;
  const tenths: number[][] = [];
  for (let tenth = 0; tenth < 10; tenth++) {
    const job = { plan: 'closed loop', target, question, connections: 32, seconds: 3_600 } as const;
    tenths.push(await sampled(server, () => stage.load.run({ ...job, requests: Math.ceil(requests / 10) })));
  }
  await server.stop();
  const medians = tenths.map((samples) => percentile(samples, 0.5));
  const total = requests.toLocaleString('en-US');
  stage.notes.push(
    `RSS over ${total} cache misses, median of each tenth, MB: ${medians.map(Math.round).join(', ')}.`,
  );
  const middle = percentile(tenths.slice(4, 7).flat(), 0.5);
  return [
    { what: `RSS in the last tenth of ${total} requests`, unit: 'MB', value: spread(tenths[9]!) },
    {
      what: `RSS in the last tenth / in tenths five to seven of ${total} requests`,
      unit: '×',
      value: spread(tenths[9]!.map((megabytes) => megabytes / middle)),
      target: requests >= ENOUGH_TO_BE_FLAT ? { limit: 1.05 } : undefined,
    },
  ];
}

interface Fresh {
  readonly server: Started;
  readonly target: Target;
}

async function freshServer(): Promise<Fresh> {
  const port = PORTS.fresh;
  const server = startOurs({ port, upstream: PORTS.upstream, core: SERVER_CORE });
  await untilAnswers(`http://127.0.0.1:${port}/health/ready`, true);
  const headers = await keyWithLimits(port);
  await new Promise((resolve) => setTimeout(resolve, 2_000));
  return { server, target: { port, path: CHAT, headers, form: 'prompt' } };
}

async function freshPipe(): Promise<Fresh> {
  const port = PORTS.fresh;
  const server = start('servers/bare.ts', [String(port), String(PORTS.upstream)], { core: SERVER_CORE });
  await untilAnswers(`http://127.0.0.1:${port}/`);
  await new Promise((resolve) => setTimeout(resolve, 2_000));
  return { server, target: { port: port + 1, path: CHAT, headers: {}, form: 'prompt' } };
}

/** @returns the memory of the server while something was done, sampled a few times a second */
async function sampled(server: Started, work: () => Promise<unknown>): Promise<number[]> {
  const samples: number[] = [];
  const sampling = setInterval(() => samples.push(residentMemory(server.pid)), 100);
  await work();
  samples.push(residentMemory(server.pid));
  clearInterval(sampling);
  return samples;
}
