/**
 * `npm run soak`: random faults at a few hundred calls a second, for as long as wanted. Every answer is checked: a
 * whole one must be the whole text, a broken one must say so, none may hang; memory and sockets must not grow.
 * With --hostile callers and providers that want to hurt are mixed in, and what must hold for the others is looked at: no
 * small request waits long, memory is bounded, and nothing stays reserved.
 * Options: --seconds 600 --rate 300 --seed 1 --hostile
 */
import { mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Pool } from 'undici';
import { startSimulator } from '../src/simulator/simulator.ts';
import { freePort } from '../test/helpers/free-port.ts';
import { residentMemory } from './cpu.ts';
import { prepareHostility } from './hostile/hostility.ts';
import { describeTurn } from './hostile/long-turns.ts';
import { endAll, LOAD_CORE, SERVER_CORE, start, untilAnswers } from './processes.ts';
import { pickFrom, seeded } from './seeded-random.ts';
import { ask, newTally, TEXT } from './soak-call.ts';
import { percentile } from './statistics.ts';

const { values: options } = parseArgs({
  options: {
    seconds: { type: 'string', default: '600' },
    rate: { type: 'string', default: '300' },
    seed: { type: 'string', default: '1' },
    hostile: { type: 'boolean', default: false },
  },
});
const seconds = Number(options.seconds);
const rate = Number(options.rate);
const random = seeded(Number(options.seed));
const pick = <Item>(items: readonly Item[]) => pickFrom(items, random);

/** What a provider does for some milliseconds at a time. Not `gone`: that is remembered for a day. */
const FAULTS = (
  '429 429:1 500 502 503 529 quota bad_key reset hang stall stall_mid:3 cut:2 cut:9 no_finish:4 no_done error_event:3 ' +
  'rate_limit_event:2 malformed_event:4 html502 html200 empty empty_answer truncated_json not_json no_usage one_byte crlf ' +
  'overlap:3 restart'
).split(' ');
/** How often a provider is well, so that there is something to fall back to. */
const HEALTHY = 0.6;
const PROVIDERS = ['together', 'openai', 'anthropic'] as const;
/** Milliseconds in which some of the calls under way end, and sockets that nobody needs are closed; a busy machine needs less. */
const ENDLESS = 60_000;
/** Milliseconds of the processor, and megabytes, that hostility may cost the others. */
const MAX_TURN = 250;
const MAX_MEMORY = 2_500;
/** Of the longest turns it is said what they were about. */
const TURNS_TOLD = 5;
const LIES_TOLD = 20;

const port = await freePort();
const simulator = await startSimulator({ callsKept: 10 });
simulator.answer('all', TEXT);
const hostility = options.hostile ? await prepareHostility(random) : undefined;
const server = start(fileURLToPath(new URL('../src/start.js', import.meta.url)), [], {
  core: SERVER_CORE,
  cwd: tmpdir(),
  environment: {
    PORT: String(port),
    HOST: '127.0.0.1',
    LOG_FORMAT: 'json',
    DATABASE_URL: `sqlite:${join(mkdtempSync(join(tmpdir(), 'codellama-soak-')), 'ledger.db')}`,
    TOGETHER_API_KEY: 'soak',
    TOGETHER_BASE_URL: simulator.baseUrls.together,
    OPENAI_API_KEY: 'soak',
    OPENAI_BASE_URL: simulator.baseUrls.openai,
    ANTHROPIC_API_KEY: 'soak',
    ANTHROPIC_BASE_URL: simulator.baseUrls.anthropic,
    // Everything that lasts seconds or minutes in real life is short here, so that ten minutes see it often.
    FIRST_TOKEN_TIMEOUT: '400ms',
    IDLE_TIMEOUT: '400ms',
    ATTEMPT_TIMEOUT: '600ms',
    ROUTE_BUDGET: '2500ms',
    COOLDOWN: '150ms',
    LONG_COOLDOWN: '200ms',
    CACHE_MAX_MB: '8',
    CACHE_TTL: '2s',
    ...hostility?.environment,
  },
  nodeOptions: hostility?.nodeOptions ?? [],
});
let serverEnded: number | null | undefined;
server.child.on('exit', (code) => {
  serverEnded = code;
});
await untilAnswers(`http://127.0.0.1:${port}/health/ready`, true);

const pool = new Pool(`http://127.0.0.1:${port}`, { connections: 500 });
const attacks = await hostility?.begin(port);
const tally = newTally();
const memory: number[] = [];
const running = new Set<Promise<void>>();
const startedAt = performance.now();
const elapsed = () => (performance.now() - startedAt) / 1000;
const faults = setInterval(
  () => simulator.always(pick(PROVIDERS), random() < HEALTHY ? 'ok' : pick(FAULTS)),
  40,
);
const sampling = setInterval(() => memory.push(residentMemory(server.pid)), 1_000);
let sent = 0;
/** Calls in flight at most. */
let peak = 0;
while (elapsed() < seconds && serverEnded === undefined) {
  for (; sent < elapsed() * rate; sent++) {
    const call = ask(pool, random, tally, attacks?.key);
    running.add(call);
    void call.finally(() => running.delete(call));
  }
  peak = Math.max(peak, running.size);
  await new Promise((resolve) => setTimeout(resolve, 5));
}
clearInterval(faults);
await attacks?.stop();
/** On a busy machine many are under way: as long as some of them end, none is stuck. */
const isStuck = await (async () => {
  while (running.size > 0) {
    const before = running.size;
    const someEnd = Promise.all([...running].slice(0, Math.ceil(before / 10)));
    await Promise.race([someEnd, new Promise((resolve) => setTimeout(resolve, ENDLESS))]);
    if (running.size === before) return true;
  }
  return false;
})();
clearInterval(sampling);
await pool.destroy();
// Upstream connections are kept for up to 30 s; give them that long in a real soak. In a short one there may be as many
// as calls were in flight, which on a busy machine are more.
const isReal = seconds > 60;
await new Promise((resolve) => setTimeout(resolve, isReal ? 35_000 : 3_000));
const mostSockets = isReal ? 150 : 60 + peak;
let sockets = openSockets();
for (let waited = 0; sockets > mostSockets && waited < ENDLESS; waited += 1_000) {
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  sockets = openSockets();
}

const hurt = serverEnded === undefined ? await attacks?.report() : undefined;

const tenth = Math.max(1, Math.floor(memory.length / 10));
const median = (values: readonly number[]) => Math.round(percentile(values, 0.5));
console.log(`${sent} calls in ${Math.round(elapsed())} s, seed ${options.seed}, load on core ${LOAD_CORE}`);
console.log('outcomes:', Object.fromEntries([...tally.outcomes].sort()));
console.log(
  `latency of answered calls: p50 ${Math.round(percentile(tally.latencies, 0.5))} ms, p99 ${Math.round(percentile(tally.latencies, 0.99))} ms, ` +
    `longest ${Math.round(Math.max(...tally.latencies))} ms`,
);
console.log(
  'RSS, median of each tenth of the time, MB:',
  Array.from({ length: 10 }, (_, index) => median(memory.slice(index * tenth, (index + 1) * tenth))).join(
    ' ',
  ),
);
console.log(`calls in flight at most: ${peak}; open file descriptors at the end: ${sockets}`);
for (const lie of tally.lies.slice(0, LIES_TOLD)) console.log('LIE:', lie);
if (tally.lies.length > LIES_TOLD) console.log(`… and ${tally.lies.length - LIES_TOLD} more`);
const longestTurn = hurt?.longTurns[0]?.ms ?? 0;
if (hurt) {
  console.log('attacks:', hurt.attacks);
  console.log(
    `longest turn of the event loop: ${Math.round(longestTurn)} ms of the processor (${hurt.longTurns.length} of 100 ms or more); longest wait of a small request: ${Math.round(hurt.longestWait)} ms; RSS at most ${Math.round(Math.max(...memory))} MB`,
  );
  for (const turn of hurt.longTurns.slice(0, TURNS_TOLD)) {
    console.log(describeTurn(turn));
    console.log('  under way:', [...turn.underWay].map(([name, count]) => `${count} × ${name}`).join(', '));
  }
  if (hurt.attacks['500']) console.log(`FAULTS: ${hurt.attacks['500']} attacks were answered with a 500`);
  for (const key of hurt.unsettled) console.log('UNSETTLED:', key);
  for (const key of hurt.disagreeing) console.log('BOOKS:', key);
}
const isHurt =
  hurt !== undefined &&
  (longestTurn > MAX_TURN ||
    hurt.unsettled.length + hurt.disagreeing.length > 0 ||
    hurt.attacks['500'] !== undefined ||
    Math.max(...memory) > MAX_MEMORY);
const failed =
  isStuck || serverEnded !== undefined || tally.lies.length > 0 || sockets > mostSockets || isHurt;
if (isStuck) console.log(`STUCK: ${running.size} calls never ended`);
if (serverEnded !== undefined) console.log(`DEAD: the server ended with ${serverEnded}`);
endAll();
await simulator.close();
console.log(failed ? 'FAILED' : 'PASSED');
process.exit(failed ? 1 : 0);

/** Of the server, with its other open files. */
function openSockets(): number {
  return serverEnded === undefined ? readdirSync(`/proc/${server.pid}/fd`).length : 0;
}
