/**
 * Two workers on two cores against one on one. Load, provider and Redis need CPU too, and there may be no core left for
 * them: so all of them share the one core with the one worker, and the two cores with the two.
 */
import { existsSync } from 'node:fs';
import { CpuMeter } from '../cpu.ts';
import type { Options } from '../options.ts';
import { keyWithLimits, startOurs } from '../ours.ts';
import {
  childrenOf,
  LOAD_CORE,
  pin,
  SERVER_CORE,
  type Started,
  start,
  startProgram,
  untilAnswers,
} from '../processes.ts';
import type { Row } from '../report.ts';
import { CHAT, type Peer, PORTS, type Stage } from '../stage.ts';
import { ratios, spread } from '../statistics.ts';
import { warmUp } from '../warm-up.ts';

/** Many, so that what is compared is what the workers can do, and not how long a request waits. */
const CONNECTIONS = 256;
const ONE_CORE = String(SERVER_CORE);
const TWO_CORES = `${SERVER_CORE},${LOAD_CORE}`;
const question = { isNew: true, cache: 'miss' } as const;
const bareQuestion = { isNew: true } as const;

/** Ours and bare pass-throughs, so that the reader sees what a second core gives to anything here. */
const NAMES = ['one', 'two', 'bareOne', 'bareTwo'] as const;
type Name = (typeof NAMES)[number];

interface Turn {
  readonly rate: number;
  /** Microseconds of all processes of the server for each request. */
  readonly cpu: number;
}

export async function measureScaling(stage: Stage, { rounds, seconds }: Options): Promise<Row[]> {
  const redis = startRedis();
  if (!redis) {
    stage.notes.push('Scaling: not measured, as there is no redis-server to start.');
    return [];
  }
  const peers = {
    one: await startWorkers(1, PORTS.oneWorker, ONE_CORE),
    two: await startWorkers(2, PORTS.twoWorkers, TWO_CORES),
    bareOne: await startBare(1, PORTS.bareOne, ONE_CORE),
    bareTwo: await startBare(2, PORTS.bareTwo, TWO_CORES),
  };
  for (const peer of Object.values(peers)) await warmUp(stage.load, peer, question);
  const helpers = [stage.load.pid, stage.upstream.pid, redis.pid];
  const measure = async (name: Name): Promise<Turn> => {
    const { target, pid } = peers[name];
    pin(helpers, name === 'two' || name === 'bareTwo' ? TWO_CORES : ONE_CORE);
    const workers = new CpuMeter([pid, ...childrenOf(pid)]);
    const before = workers.read();
    const job = {
      plan: 'closed loop',
      target,
      question: name.startsWith('bare') ? bareQuestion : question,
      connections: CONNECTIONS,
      seconds,
    } as const;
    const result = await stage.load.run(job);
    return {
      rate: result.requests / result.seconds,
      cpu: (workers.read() - before) / result.requests,
    };
  };
  const turns: Record<Name, Turn>[] = [];
  for (let round = 0; round < rounds; round++) {
    const turn = {} as Record<Name, Turn>;
    for (const name of NAMES) turn[name] = await measure(name);
    turns.push(turn);
  }
  pin(helpers, String(LOAD_CORE));
  const of = (name: Name, field: keyof Turn) => turns.map((turn) => turn[name][field]);
  const what: Record<Name, string> = {
    one: 'one worker, all on one core',
    two: 'two workers, all on two cores',
    bareOne: 'one bare pass-through, all on one core',
    bareTwo: 'two bare pass-throughs, all on two cores',
  };
  return [
    {
      what: 'two workers on two cores / one on one',
      unit: '× requests/s',
      value: ratios(of('two', 'rate'), of('one', 'rate')),
      target: { limit: 1.8, atLeast: true },
    },
    {
      what: 'two workers on two cores / one on one: bare pass-through',
      unit: '× requests/s',
      value: ratios(of('bareTwo', 'rate'), of('bareOne', 'rate')),
    },
    ...NAMES.map((name) => ({ what: what[name], unit: 'requests/s', value: spread(of(name, 'rate')) })),
    ...NAMES.map((name) => ({ what: what[name], unit: 'CPU µs', value: spread(of(name, 'cpu')) })),
  ];
}

/** A Redis of our own, so that it can be given its cores and nobody else's data is touched. */
function startRedis(): Started | undefined {
  const path = (process.env.PATH ?? '').split(':').map((folder) => `${folder}/redis-server`);
  const program = path.find((file) => existsSync(file));
  if (!program) return undefined;
  const settings = ['--port', String(PORTS.redis), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
  return startProgram([program, ...settings], { core: LOAD_CORE });
}

async function startWorkers(count: number, port: number, core: string): Promise<Peer> {
  const environment = { WORKERS: String(count), REDIS_URL: `redis://127.0.0.1:${PORTS.redis}` };
  const server = startOurs({ port, upstream: PORTS.upstream, core, environment });
  await untilAnswers(`http://127.0.0.1:${port}/health/ready`, true);
  await untilThere(count, server.pid);
  const headers = await keyWithLimits(port);
  return { name: `${count} workers`, pid: server.pid, target: { port, path: CHAT, headers, form: 'prompt' } };
}

async function startBare(count: number, port: number, core: string): Promise<Peer> {
  const server = start('servers/bare.ts', [String(port), String(PORTS.upstream), String(count)], { core });
  await untilAnswers(`http://127.0.0.1:${port}/`);
  await untilThere(count, server.pid);
  return {
    name: `${count} bare`,
    pid: server.pid,
    target: { port, path: CHAT, headers: {}, form: 'prompt' },
  };
}

async function untilThere(count: number, pid: number): Promise<void> {
  while (count > 1 && childrenOf(pid).length < count) await new Promise((resolve) => setTimeout(resolve, 10));
  // The last worker may need a moment more.
  await new Promise((resolve) => setTimeout(resolve, 1_000));
}
