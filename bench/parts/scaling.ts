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
  const one = await startWorkers(1, PORTS.oneWorker, ONE_CORE);
  const two = await startWorkers(2, PORTS.twoWorkers, TWO_CORES);
  for (const peer of [one, two]) await warmUp(stage.load, peer, question);
  const helpers = [stage.load.pid, stage.upstream.pid, redis.pid];
  const measure = async ({ target, pid }: Peer, cores: string): Promise<Turn> => {
    pin(helpers, cores);
    const workers = new CpuMeter([pid, ...childrenOf(pid)]);
    const before = workers.read();
    const job = { plan: 'closed loop', target, question, connections: CONNECTIONS, seconds } as const;
    const result = await stage.load.run(job);
    return {
      rate: result.requests / result.seconds,
      cpu: (workers.read() - before) / result.requests,
    };
  };
  const turns: { one: Turn; two: Turn }[] = [];
  for (let round = 0; round < rounds; round++)
    turns.push({ one: await measure(one, ONE_CORE), two: await measure(two, TWO_CORES) });
  pin(helpers, String(LOAD_CORE));
  const of = (who: 'one' | 'two', field: keyof Turn) => turns.map((turn) => turn[who][field]);
  return [
    {
      what: 'two workers on two cores / one on one',
      unit: '× requests/s',
      value: ratios(of('two', 'rate'), of('one', 'rate')),
      target: { limit: 1.8, atLeast: true },
    },
    { what: 'one worker, all on one core', unit: 'requests/s', value: spread(of('one', 'rate')) },
    { what: 'two workers, all on two cores', unit: 'requests/s', value: spread(of('two', 'rate')) },
    { what: 'one worker, all on one core', unit: 'CPU µs', value: spread(of('one', 'cpu')) },
    { what: 'two workers, all on two cores', unit: 'CPU µs', value: spread(of('two', 'cpu')) },
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
  while (count > 1 && childrenOf(server.pid).length < count)
    await new Promise((resolve) => setTimeout(resolve, 10));
  // The second worker may need a moment more.
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  const headers = await keyWithLimits(port);
  return { name: `${count} workers`, pid: server.pid, target: { port, path: CHAT, headers, form: 'prompt' } };
}
