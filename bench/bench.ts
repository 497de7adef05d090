/**
 * `npm run bench`: what the gateway costs, as ratios to bare baselines and to Portkey, measured side by side in one
 * run. Options: --rounds 5 --seconds 2 --only miss,hit,stream,start --no-portkey
 */
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { Job } from './load.ts';
import { ADMIN_KEY, keyWithLimits, ourEnvironment } from './ours.ts';
import { installPortkey, PORTKEY_VERSION } from './portkey.ts';
import {
  cpuTime,
  describePinning,
  endAll,
  LOAD_CORE,
  LoadGenerator,
  residentMemory,
  SERVER_CORE,
  type Started,
  start,
  untilAnswers,
} from './processes.ts';
import { machine, markdown, type Row, save } from './report.ts';
import { percentile, ratios, spread } from './statistics.ts';

const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '2' },
    only: { type: 'string', default: 'miss,hit,stream,latency,start' },
    'no-portkey': { type: 'boolean', default: false },
  },
});
const rounds = Number(options.rounds);
const seconds = Number(options.seconds);
const wanted = new Set(options.only.split(','));

const UPSTREAM = 4_700;
const BARE = 4_710;
const OURS = 4_720;
const PORTKEY = 4_730;
const CHAT = '/v1/chat/completions';
const main = fileURLToPath(new URL('../src/start.js', import.meta.url));
interface Peer {
  readonly name: string;
  readonly pid: number;
  readonly job: Pick<Job, 'port' | 'path' | 'headers' | 'form' | 'cache'>;
}

const rows: Row[] = [];
const notes: string[] = [];
if (wanted.has('start')) await measureStart();

start('upstream.ts', [String(UPSTREAM)], { core: LOAD_CORE });
const bare = start('bare.ts', [String(BARE), String(UPSTREAM)], { core: SERVER_CORE });
const ours = startOurs();
const portkey = options['no-portkey'] ? undefined : startPortkey();
await untilAnswers(`http://127.0.0.1:${OURS}/health/ready`, true);
await untilAnswers(`http://127.0.0.1:${BARE}/`);
if (portkey) await untilAnswers(`http://127.0.0.1:${PORTKEY}/`);
const load = new LoadGenerator();

const us: Peer = {
  name: 'ours',
  pid: ours.pid,
  job: { port: OURS, path: CHAT, headers: await keyWithLimits(OURS), form: 'prompt' },
};
/** The same without a limit of any kind; the ledger still has every row. */
const unlimited: Peer = {
  name: 'ours, no limits',
  pid: ours.pid,
  job: { ...us.job, headers: { authorization: `Bearer ${ADMIN_KEY}` } },
};
const barePeer = (name: string, port: number, path: string): Peer => ({
  name,
  pid: bare.pid,
  job: { port, path, headers: {}, form: 'prompt' },
});
const portkeyPeer: Peer[] = portkey
  ? [
      {
        name: `Portkey ${PORTKEY_VERSION}`,
        pid: portkey.pid,
        job: {
          port: PORTKEY,
          path: CHAT,
          form: 'messages',
          headers: {
            authorization: 'Bearer bench',
            'x-portkey-provider': 'openai',
            'x-portkey-custom-host': `http://127.0.0.1:${UPSTREAM}/v1`,
          },
        },
      },
    ]
  : [];

if (wanted.has('miss')) {
  const peers = [
    { ...us, job: { ...us.job, cache: 'miss' } },
    barePeer('bare pass-through', BARE, CHAT),
    ...portkeyPeer,
    unlimited,
  ];
  await compare('cache miss', 'miss', peers, 2.5);
}
if (wanted.has('hit')) {
  await compare(
    'cache hit',
    'hit',
    [{ ...us, job: { ...us.job, cache: 'hit' } }, barePeer('bare route', BARE, '/static')],
    1.6,
  );
}
if (wanted.has('stream')) {
  await compare('streamed frame', 'stream', [us, barePeer('node:http pipe', BARE + 1, CHAT), ...portkeyPeer]);
}
if (wanted.has('latency')) await measureLatency();
rows.push({ what: 'RSS after the load', unit: 'MB', value: spread([residentMemory(ours.pid)]) });
endAll();

const report = {
  date: new Date().toISOString().slice(0, 10),
  machine: machine(describePinning()),
  method:
    `${rounds} rounds of ${seconds} s a peer after a warm-up round, peers in turn, 32 connections (latency: 1), closed loop. CPU is user and ` +
    'system time of the server process; ratios are taken pair by pair within a round.',
  rows,
  notes,
};
console.log(markdown(report));
console.log(`Written to ${save(report)}`);
process.exit(rows.length > 0 ? 0 : 1);

/** All peers in turn, round after round; CPU per unit, units a second, and the ratios of ours to each other's. */
async function compare(
  what: string,
  kind: Job['kind'],
  peers: readonly Peer[],
  target?: number,
): Promise<void> {
  const cpu = new Map<string, number[]>(peers.map(({ name }) => [name, []]));
  const rate = new Map<string, number[]>(peers.map(({ name }) => [name, []]));
  for (let round = 0; round <= rounds; round++) {
    for (const { name, pid, job } of peers) {
      const before = cpuTime(pid);
      // The first hit of a round may be a miss, so it is asked for before anything is counted.
      const result = await load.run({
        ...job,
        ...(round === 0 && { cache: undefined }),
        kind,
        connections: 32,
        seconds,
      });
      if (round === 0 && result.error !== undefined && name.startsWith('Portkey')) {
        notes.push(`${what}: ${name} cannot do it here (${result.error.slice(0, 120)}).`);
        peers = peers.filter((peer) => peer.name !== name);
        continue;
      }
      if (result.error !== undefined) throw new Error(`${what}, ${name}: ${result.error}`);
      if (round === 0) continue;
      const units = kind === 'stream' ? result.frames : result.requests;
      cpu.get(name)!.push((cpuTime(pid) - before) / units);
      rate.get(name)!.push(units / result.seconds);
    }
  }
  for (const { name } of peers) {
    rows.push({ what: `${what}: ${name}`, unit: 'CPU µs', value: spread(cpu.get(name)!) });
    rows.push({
      what: `${what}: ${name}`,
      unit: kind === 'stream' ? 'frames/s' : 'requests/s',
      value: spread(rate.get(name)!),
    });
  }
  for (const [index, { name }] of peers.slice(1).entries()) {
    rows.push({
      what: `**${what}: ours / ${name}**`,
      unit: '× CPU',
      value: ratios(cpu.get('ours')!, cpu.get(name)!),
      ...(index === 0 && target !== undefined && { target: { limit: target } }),
    });
  }
}

/** What the gateway adds at one connection, against the upstream asked directly. */
async function measureLatency(): Promise<void> {
  const direct: Peer['job'] = { port: UPSTREAM, path: CHAT, headers: {}, form: 'prompt' };
  const added: Record<'p50' | 'p99', number[]> = { p50: [], p99: [] };
  for (let round = 0; round <= rounds; round++) {
    const job = { kind: 'miss', connections: 1, seconds } as const;
    const through = await load.run({ ...us.job, ...job });
    const straight = await load.run({ ...direct, ...job });
    if (round === 0) continue;
    added.p50.push(percentile(through.latencies, 0.5) - percentile(straight.latencies, 0.5));
    added.p99.push(percentile(through.latencies, 0.99) - percentile(straight.latencies, 0.99));
  }
  rows.push({ what: 'added latency, p50', unit: 'ms', value: spread(added.p50) });
  rows.push({ what: 'added latency, p99', unit: 'ms', value: spread(added.p99) });
}

/** From spawn to the first 200 of the readiness route, and the memory two seconds later; in demo mode, as a newcomer. */
async function measureStart(): Promise<void> {
  const ready: number[] = [];
  const memory: number[] = [];
  for (let round = 0; round <= rounds; round++) {
    const environment = { PORT: String(OURS), HOST: '127.0.0.1', LOG_FORMAT: 'json' };
    const server = start(main, [], { core: SERVER_CORE, environment, cwd: tmpdir() });
    const milliseconds = await untilAnswers(`http://127.0.0.1:${OURS}/health/ready`, true);
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    // The first start fills the compile cache.
    if (round > 0) {
      ready.push(milliseconds);
      memory.push(residentMemory(server.pid));
    }
    await server.stop();
  }
  rows.push({
    what: 'start to ready (demo mode)',
    unit: 'ms',
    value: spread(ready),
    target: { limit: 1_000 },
  });
  rows.push({ what: 'idle RSS (demo mode)', unit: 'MB', value: spread(memory), target: { limit: 130 } });
}

/** Outside the repository, so that no `.env` of the developer's is read. */
function startOurs(): Started {
  return start(main, [], { core: SERVER_CORE, environment: ourEnvironment(OURS, UPSTREAM), cwd: tmpdir() });
}

function startPortkey(): Started | undefined {
  const script = installPortkey();
  if (!script) {
    notes.push('Portkey could not be installed, so it is not in the table.');
    return undefined;
  }
  return start(script, [`--port=${PORTKEY}`, '--headless'], { core: SERVER_CORE, quiet: true });
}
