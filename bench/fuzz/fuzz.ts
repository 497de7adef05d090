/**
 * `npm run fuzz`: odd bodies in by every door, odd replies back, for as long as wanted. What must hold: no `internal`, no
 * crash, errors in the shape of the door, no upstream call for a body that is refused, never a pause, nothing reserved at the end.
 * Options: --seconds 60 --seed 1 --pause 250 (milliseconds of the processor that a turn of the event loop may take)
 */
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { freePort } from '../../test/helpers/free-port.ts';
import { describeTurn, TurnFile } from '../hostile/long-turns.ts';
import { IMPATIENT } from '../impatient-settings.ts';
import { endAll, SERVER_CORE, start, untilAnswers } from '../processes.ts';
import { pickFrom, seeded } from '../seeded-random.ts';
import { startOddUpstream } from './odd-upstream.ts';
import { mutated } from './odd-values.ts';
import { DOORS, type Door, type ErrorBody } from './right-bodies.ts';

const { values: options } = parseArgs({
  options: {
    seconds: { type: 'string', default: '60' },
    seed: { type: 'string', default: '1' },
    pause: { type: 'string', default: '250' },
  },
});
const random = seeded(Number(options.seed));
const PORT = await freePort();
const URL_OF_SERVER = `http://127.0.0.1:${PORT}`;
const ADMIN_KEY = 'the-administrator-of-the-fuzz';
/** Milliseconds of the processor: longer than any request may hold up another one. */
const MAX_PAUSE = Number(options.pause);
const AT_ONCE = 8;
/** Milliseconds after which a reply, or the end of a call, will not come; a busy machine needs less. */
const ENDLESS = 120_000;
const PROVIDERS = ['together', 'openai', 'anthropic'];

const upstream = await startOddUpstream(random);
const folder = mkdtempSync(join(tmpdir(), 'codellama-fuzz-'));
const turnPath = join(folder, 'turns');
const turnFile = new TurnFile(turnPath);
turnFile.empty();
const server = start(fileURLToPath(new URL('../../src/start.js', import.meta.url)), [], {
  core: SERVER_CORE,
  cwd: tmpdir(),
  log: join(folder, 'log'),
  nodeOptions: ['--import', fileURLToPath(new URL('../hostile/turn-watch.ts', import.meta.url))],
  environment: {
    PORT: String(PORT),
    TURN_FILE: turnPath,
    HOST: '127.0.0.1',
    LOG_FORMAT: 'json',
    ADMIN_KEY,
    DATABASE_URL: `sqlite:${join(folder, 'ledger.db')}`,
    TOGETHER_API_KEY: 'fuzz',
    TOGETHER_BASE_URL: upstream.url,
    OPENAI_API_KEY: 'fuzz',
    OPENAI_BASE_URL: upstream.url,
    ANTHROPIC_API_KEY: 'fuzz',
    ANTHROPIC_BASE_URL: upstream.url,
    ...IMPATIENT,
    CACHE_TTL: '0',
  },
});
let serverEnded: number | null | undefined;
server.child.on('exit', (code) => {
  serverEnded = code;
});
await untilAnswers(`${URL_OF_SERVER}/health/ready`, true);
const admin = { authorization: `Bearer ${ADMIN_KEY}`, 'content-type': 'application/json' };
const { key } = (await (
  await fetch(`${URL_OF_SERVER}/keys`, {
    method: 'POST',
    headers: admin,
    // A limit on tokens: what they cost is not known of such models.
    body: JSON.stringify({ alias: 'fuzz', tpm: 1_000_000_000, max_concurrency: 2 * AT_ONCE + 2 }),
  })
).json()) as { key: string };

// What is loaded with the first call of each provider is no pause.
for (const provider of PROVIDERS)
  await fetch(`${URL_OF_SERVER}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
    body: JSON.stringify({ model: `${provider}/warm`, prompt: 'hello' }),
  }).then((reply) => reply.text());
turnFile.empty();

const faults = new Set<string>();
const outcomes = new Map<string, number>();
let longestPause = 0;
const until = performance.now() + Number(options.seconds) * 1_000;
const isOver = () => performance.now() > until || serverEnded !== undefined;

await Promise.all([...Array.from({ length: AT_ONCE }, attack), watchPauses(), oddBodiesAskNobody()]);
await expectNothingReserved();

console.log('outcomes:', Object.fromEntries([...outcomes].sort()));
const [longest] = turnFile.read();
const longestTurn = Math.round(longest?.ms ?? 0);
console.log(
  `longest turn of the event loop: ${longestTurn} ms of the processor; longest wait of a small request: ${Math.round(longestPause)} ms; ` +
    `upstream calls: ${upstream.calls()}`,
);
if (serverEnded !== undefined) faults.add(`the server ended with ${serverEnded}`);
if (longest) console.log(describeTurn(longest));
if (longestTurn > MAX_PAUSE) faults.add(`a turn of the event loop took ${longestTurn} ms`);
for (const fault of faults) console.log('FAULT:', fault);
for (const line of readFileSync(join(folder, 'log'), 'utf8').split('\n'))
  if (line.includes('internal')) console.log('LOG:', line.slice(0, 1_500));
endAll();
upstream.close();
console.log(faults.size > 0 ? `FAILED (seed ${options.seed})` : 'PASSED');
process.exit(faults.size > 0 ? 1 : 0);

/** Right bodies to odd replies, and odd bodies, one after the other. */
async function attack(): Promise<void> {
  while (!isOver()) {
    // A model of its own for each, as one that a reply calls retired is not asked again for a day.
    const model = `${pickFrom(PROVIDERS, random)}/m-${Math.floor(random() * 1e9)}`;
    const door = pickFrom(DOORS, random);
    const stream = random() < 0.5;
    const body = door.body(model, stream);
    await ask(door, door.path(model, stream), JSON.stringify(random() < 0.5 ? body : mutated(body, random)));
  }
}

async function ask(door: Door, path: string, body: string): Promise<void> {
  try {
    const reply = await fetch(`${URL_OF_SERVER}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
      body,
      signal: AbortSignal.timeout(ENDLESS),
    });
    const text = await reply.text();
    judge(door, reply.status, text, body);
  } catch (error) {
    if (serverEnded === undefined)
      faults.add(`no reply (${(error as Error).message}) at ${door.name} to ${body.slice(0, 300)}`);
  }
}

function judge({ name, isError }: Door, status: number, text: string, body: string): void {
  const outcome = `${name} ${status}`;
  outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
  if (status === 500 || text.includes('"code":"internal"'))
    faults.add(`internal at ${name}: ${body.slice(0, 400)}`);
  if (status === 200) return;
  try {
    if (!isError(JSON.parse(text) as ErrorBody))
      faults.add(`an error of another shape at ${name}: ${text.slice(0, 200)}`);
  } catch {
    faults.add(`an error that is no JSON at ${name}: ${text.slice(0, 200)}`);
  }
}

/** Beside all that, what another caller's smallest request waits for. */
async function watchPauses(): Promise<void> {
  while (!isOver()) {
    const askedAt = performance.now();
    await fetch(`${URL_OF_SERVER}/health/live`).catch(() => {});
    longestPause = Math.max(longestPause, performance.now() - askedAt);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Bodies that cannot be right, one at a time: none reaches a provider. */
async function oddBodiesAskNobody(): Promise<void> {
  const wrong = [
    '[]',
    '1',
    '"x"',
    'null',
    '{}',
    '{"messages":[]}',
    '{"prompt":1}',
    '{"messages":[1]}',
    '{',
    '',
  ];
  while (!isOver()) {
    const body = pickFrom(wrong, random);
    const reply = await fetch(`${URL_OF_SERVER}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
      body,
    }).catch(() => undefined);
    const text = (await reply?.text()) ?? '';
    if (reply && reply.status !== 400)
      faults.add(`${reply.status} for the body ${body}: ${text.slice(0, 200)}`);
    if (reply?.headers.has('x-attempts')) faults.add(`a provider was asked for the body ${body}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** As many calls at once as the key may have: none of them finds a place taken by a call that is over. */
async function expectNothingReserved(): Promise<void> {
  const end = performance.now() + ENDLESS;
  let limited: string | undefined;
  do {
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    if (serverEnded !== undefined) return;
    limited = await findLimited();
  } while (limited && performance.now() < end);
  if (limited) faults.add(`a place stays taken after all calls are over: ${limited.slice(0, 200)}`);
}

async function findLimited(): Promise<string | undefined> {
  const replies = await Promise.all(
    Array.from({ length: 2 * AT_ONCE + 2 }, () =>
      fetch(`${URL_OF_SERVER}/v1/chat/completions`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
        body: JSON.stringify({ prompt: 'hello', model: `together/last-${Math.random()}` }),
      }),
    ),
  );
  const texts = await Promise.all(replies.map((reply) => reply.text()));
  return texts.find((text) => text.includes('"rate_limited"'));
}
