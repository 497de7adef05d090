/**
 * Two workers on two cores against one on one. The load, the provider and Redis need a core too, and there may be only
 * two: so what is compared are requests a second for each core that they leave to the workers.
 */
import { existsSync } from 'node:fs';
import { CpuMeter } from '../cpu.ts';
import type { Options } from '../options.ts';
import { keyWithLimits, startOurs } from '../ours.ts';
import {
  childrenOf,
  LOAD_CORE,
  SERVER_CORE,
  type Started,
  startProgram,
  untilAnswers,
} from '../processes.ts';
import type { Row } from '../report.ts';
import { CHAT, type Peer, PORTS, type Stage } from '../stage.ts';
import { ratios, spread } from '../statistics.ts';
import { warmUp } from '../warm-up.ts';

const CONNECTIONS = 64;
const question = { isNew: true, cache: 'miss' } as const;

interface Turn {
  readonly rate: number;
  /** Requests a second for each core that was there for the workers. */
  readonly ratePerCore: number;
  /** Microseconds of all processes of the server for each request. */
  readonly cpu: number;
}

export async function measureScaling(stage: Stage, { rounds, seconds }: Options): Promise<Row[]> {
  const redis = startRedis();
  if (!redis) {
    stage.notes.push('Scaling: not measured, as there is no redis-server to start.');
    return [];
  }
  const one = await startWorkers(1, PORTS.oneWorker, String(SERVER_CORE));
  const two = await startWorkers(2, PORTS.twoWorkers, `${SERVER_CORE},${LOAD_CORE}`);
  for (const peer of [one, two]) await warmUp(stage.load, peer, question);
  const helpers = [stage.load.pid, stage.upstream.pid, redis.pid];
  const measure = async ({ target, pid }: Peer, cores: number): Promise<Turn> => {
    const meter = new CpuMeter(helpers);
    const before = meter.read();
    const workers = new CpuMeter([pid, ...childrenOf(pid)]);
    const workersBefore = workers.read();
    const job = { plan: 'closed loop', target, question, connections: CONNECTIONS, seconds } as const;
    const result = await stage.load.run(job);
    const rate = result.requests / result.seconds;
    // With one worker the helpers have the other core for themselves.
    const taken = cores === 1 ? 0 : (meter.read() - before) / 1e6 / result.seconds;
    const cpu = (workers.read() - workersBefore) / result.requests;
    return { rate, ratePerCore: rate / (cores - taken), cpu };
  };
  const turns: { one: Turn; two: Turn }[] = [];
  for (let round = 0; round < rounds; round++)
    turns.push({ one: await measure(one, 1), two: await measure(two, 2) });
  const of = (who: 'one' | 'two', field: keyof Turn) => turns.map((turn) => turn[who][field]);
  const perCore = ratios(of('two', 'ratePerCore'), of('one', 'ratePerCore'));
  return [
    {
      what: 'two workers on two cores / one on one',
      unit: '× requests/s, of cores left to them',
      value: { min: 2 * perCore.min, median: 2 * perCore.median, max: 2 * perCore.max },
      target: { limit: 1.8, atLeast: true },
    },
    {
      what: 'two workers / one, load on one of the two cores',
      unit: '× requests/s',
      value: ratios(of('two', 'rate'), of('one', 'rate')),
    },
    { what: 'one worker, Redis', unit: 'requests/s', value: spread(of('one', 'rate')) },
    { what: 'two workers, Redis', unit: 'requests/s', value: spread(of('two', 'rate')) },
    { what: 'one worker, Redis', unit: 'CPU µs', value: spread(of('one', 'cpu')) },
    { what: 'two workers, Redis', unit: 'CPU µs', value: spread(of('two', 'cpu')) },
  ];
}

/** A Redis of our own, so that what it uses can be counted and nobody else's data is touched. */
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
  while (count > 1 && childrenOf(server.pid).length < count)
    await new Promise((resolve) => setTimeout(resolve, 10));
  // The second worker may need a moment more.
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  const headers = await keyWithLimits(port);
  return { name: `${count} workers`, pid: server.pid, target: { port, path: CHAT, headers, form: 'prompt' } };
}
