/**
 * What it costs to be observed: a miss with everything that watches switched on, beside one with all of it off. The thread of
 * spans shares the server's core here. Whether that alone costs the thread that answers is asked, too: of the server with all
 * of it off, beside a thread that works about as much and knows nothing of it. All of them come by turns in an order that is
 * drawn anew each time, for a turn costs more or less by what went before it; and the server with all of it off is there
 * twice, so that what lies between the two says how much the measurement itself errs.
 */
import { CpuMeter } from '../cpu.ts';
import type { Options } from '../options.ts';
import { keyWithLimits, startCommand } from '../ours.ts';
import { LOAD_CORE, SERVER_CORE, type Started, start, untilAnswers } from '../processes.ts';
import type { Row } from '../report.ts';
import { CHAT, type Peer, PORTS, type Stage } from '../stage.ts';
import { medianWithInterval, spread } from '../statistics.ts';
import { warmUp } from '../warm-up.ts';
import { measureObservers } from './observers.ts';

const CONNECTIONS = 32;
/** Requests in a turn of one peer: some tenths of a second, within which a shared machine keeps its speed. */
const REQUESTS = 500;
/** Turns of each peer within a round. */
const TURNS = 8;
const MAX_SECONDS = 60;
const question = { isNew: true, cache: 'miss' } as const;

const collector = `http://127.0.0.1:${PORTS.collector}`;
const METRICS = { METRICS: 'true', ALERT_WEBHOOK_URL: collector };
const NEIGHBOUR = 'all off beside a thread that works as much as that of traces';
/** What each peer has beside the log line, which is a part of every measurement here. */
const PEERS = {
  off: { METRICS: 'false' },
  'off again': { METRICS: 'false' },
  'metrics and alerts': METRICS,
  'and all traces': { ...METRICS, OTEL_EXPORTER_OTLP_ENDPOINT: collector },
  [NEIGHBOUR]: { METRICS: 'false' },
};
type Name = keyof typeof PEERS;
const NAMES = Object.keys(PEERS) as Name[];
const COMPARED = NAMES.filter((name) => name !== 'off');

/** Microseconds for each request: of the thread that answers, and of all threads. */
interface Cost {
  readonly main: number;
  readonly all: number;
  /** By the clock, of the whole turn. */
  readonly clock: number;
}

export async function measureObserved({ load }: Stage, { rounds }: Options): Promise<Row[]> {
  start('servers/collector.ts', [String(PORTS.collector)], { core: LOAD_CORE });
  const { server, peers } = await startPeers();
  for (const peer of peers.values()) await warmUp(load, peer, question);
  const costs = new Map<Name, Cost[]>(NAMES.map((name) => [name, []]));
  for (let turn = 0; turn < rounds * TURNS; turn++) {
    for (const name of shuffled(NAMES)) {
      server.child.send(name === NEIGHBOUR ? workOfSpans(costs) : 0);
      costs.get(name)!.push(await costOf(load, peers.get(name)!));
    }
  }
  const inside = await measureObservers();
  const outside = COMPARED.flatMap((name): Row[] => {
    const what = `whole servers in one process, ${name}: more than off (median of ${rounds * TURNS} turns, its 95 % interval)`;
    const more = differences(costs, name);
    const of = (field: 'main' | 'all') => medianWithInterval(more.map((cost) => cost[field]));
    return [
      { what, unit: 'CPU µs of the thread that answers', value: of('main') },
      { what, unit: 'CPU µs of all threads', value: of('all') },
    ];
  });
  return [...inside, ...outside];
}

async function startPeers(): Promise<{ server: Started; peers: Map<Name, Peer> }> {
  const servers = NAMES.map((name, index) => ({
    port: PORTS.observed + index,
    upstream: PORTS.upstream,
    environment: PEERS[name],
  }));
  const server = start('servers/observed.ts', [JSON.stringify(servers)], {
    core: SERVER_CORE,
    ipc: true,
    nodeOptions: startCommand().flags,
  });
  const { pid } = server;
  const peers = new Map<Name, Peer>();
  for (const [index, { port }] of servers.entries()) {
    await untilAnswers(`http://127.0.0.1:${port}/health/ready`, true);
    const target = { port, path: CHAT, headers: await keyWithLimits(port), form: 'prompt' } as const;
    peers.set(NAMES[index]!, { name: NAMES[index]!, pid, target });
  }
  return { server, peers };
}

async function costOf(load: Stage['load'], { pid, target }: Peer): Promise<Cost> {
  const meters = { main: new CpuMeter([pid], true), all: new CpuMeter([pid]) };
  const before = { main: 0, all: 0 };
  let startedAt = 0;
  const job = {
    plan: 'closed loop',
    target,
    question,
    connections: CONNECTIONS,
    seconds: MAX_SECONDS,
    requests: REQUESTS,
  } as const;
  const { requests } = await load.run(job, () => {
    before.main = meters.main.read();
    before.all = meters.all.read();
    startedAt = performance.now();
  });
  // What is written and sent a little later counts.
  await new Promise((resolve) => setTimeout(resolve, 150));
  return {
    main: (meters.main.read() - before.main) / requests,
    all: (meters.all.read() - before.all) / requests,
    clock: ((performance.now() - startedAt) * 1_000) / requests,
  };
}

/** What a peer costs more than all off in the same turn: than both servers of that kind, where it is neither. */
function differences(costs: ReadonlyMap<Name, readonly Cost[]>, name: Name): Cost[] {
  const base = name === 'off again' ? ['off' as const] : (['off', 'off again'] as const);
  return costs.get(name)!.map((own, turn) => {
    const of = (field: keyof Cost) =>
      own[field] - base.reduce((sum, off) => sum + costs.get(off)![turn]![field] / base.length, 0);
    return { main: of('main'), all: of('all'), clock: own.clock };
  });
}

/** Milliseconds that the thread of spans works in each tenth of a second of its turns, as far as they were measured. */
function workOfSpans(costs: ReadonlyMap<Name, readonly Cost[]>): number {
  const turns = costs.get('and all traces')!.map(({ main, all, clock }, turn) => {
    const off = costs.get('off')![turn];
    return off ? (all - main - (off.all - off.main)) / clock : 0;
  });
  return turns.length === 0 ? 0 : 100 * Math.max(0, spread(turns).median);
}

function shuffled<Value>(values: readonly Value[]): Value[] {
  return values
    .map((value) => ({ value, place: Math.random() }))
    .sort((left, right) => left.place - right.place)
    .map(({ value }) => value);
}
