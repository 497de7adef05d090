/**
 * `node bench/hostile/one-by-one.ts`: each hostile body at its door, each hostile reply to each door and each odd question to the management alone, some times each, and
 * the longest turn of the server's event loop that it caused. The soak says that a turn was too long; this says after which of them.
 * Options: --only TEXT (of the names) --times 3 --port 5100 --long 50 (milliseconds from which a turn is told of) --top 40
 */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { startSimulator } from '../../src/simulator/simulator.ts';
import { IMPATIENT } from '../impatient-settings.ts';
import { startCommand } from '../ours.ts';
import { endAll, SERVER_CORE, start, untilAnswers } from '../processes.ts';
import { BODIES } from './hostile-bodies.ts';
import { MANAGEMENT, type ManagementAttack } from './hostile-management.ts';
import { configFor } from './hostile-models.ts';
import { REPLIES, RIGHT, type Wire } from './hostile-replies.ts';
import { startHostileUpstream } from './hostile-upstream.ts';
import { describeTurn, type LongTurn, TurnFile } from './long-turns.ts';
import { Timeline } from './timeline.ts';

const { values: options } = parseArgs({
  options: {
    only: { type: 'string', default: '' },
    times: { type: 'string', default: '3' },
    port: { type: 'string', default: '5100' },
    long: { type: 'string', default: '50' },
    top: { type: 'string', default: '40' },
  },
});
const port = Number(options.port);
/** Milliseconds after which an answer that does not end is left. */
const PATIENCE = 4_000;
/** Milliseconds in which what a request leaves behind is done, and told of. */
const AFTERWARDS = 250;
const ADMIN_KEY = 'the-administrator-of-one-by-one';

interface Attack extends Pick<ManagementAttack, 'as'> {
  readonly name: string;
  readonly method?: string;
  readonly path: string;
  readonly make: () => string;
  /** What the provider replies. */
  readonly reply?: string;
}

const MODEL_OF: Readonly<Record<Wire, string>> = {
  openai: 'hostile',
  anthropic: 'hostile-claude',
  cohere: 'hostile-command',
};
const text = 'x';
const messages = [{ role: 'user', content: text }];
/** How each door asks something small. */
const ASKING: Readonly<Record<string, (model: string) => { path: string; body: object }>> = {
  chat: (model) => ({ path: '/v1/chat/completions', body: { model, messages } }),
  messages: (model) => ({ path: '/v1/messages', body: { model, messages, max_tokens: 100 } }),
  responses: (model) => ({ path: '/v1/responses', body: { model, input: text } }),
  completions: (model) => ({ path: '/v1/completions', body: { model, prompt: text } }),
  gemini: (model) => ({
    path: `/v1beta/models/${model}:generateContent`,
    body: { contents: [{ role: 'user', parts: [{ text }] }] },
  }),
  'gemini stream': (model) => ({
    path: `/v1beta/models/${model}:streamGenerateContent?alt=sse`,
    body: { contents: [{ role: 'user', parts: [{ text }] }] },
  }),
  embeddings: (model) => ({ path: '/v1/embeddings', body: { model, input: text } }),
};

const attacks: Attack[] = Object.entries(BODIES).map(([name, body]) => ({ name: `body ${name}`, ...body }));
for (const [name, { body, ...asked }] of Object.entries(MANAGEMENT))
  attacks.push({ name: `manage ${name}`, make: () => body?.() ?? '', ...asked });
let unique = 0;
for (const [wire, replies] of Object.entries(REPLIES))
  for (const reply of Object.keys(replies))
    for (const [door, ask] of Object.entries(ASKING))
      for (const stream of [false, true]) {
        if (stream && (door.startsWith('gemini') || door === 'embeddings')) continue;
        const { path, body } = ask(MODEL_OF[wire as Wire]);
        const make = () => JSON.stringify({ ...body, ...(stream && { stream }), user: `u${unique++}` });
        const how = stream ? 'streamed' : 'whole';
        attacks.push({ name: `reply ${wire}, ${reply}, to ${door}, ${how}`, path, make, reply });
      }

const folder = mkdtempSync(join(tmpdir(), 'codellama-one-by-one-'));
const turnPath = join(folder, 'turns');
const turns = new TurnFile(turnPath);
turns.empty();
let wanted: string | undefined;
const upstream = await startHostileUpstream(
  (names) => (wanted !== undefined && names.includes(wanted) ? wanted : RIGHT),
  new Timeline(),
);
const simulator = await startSimulator({ callsKept: 10 });
writeFileSync(join(folder, 'codellama.yaml'), configFor(upstream.urls));
const { file, flags } = startCommand();
const server = start(file, [], {
  core: SERVER_CORE,
  cwd: folder,
  log: join(folder, 'log'),
  nodeOptions: [...flags, '--import', fileURLToPath(new URL('turn-watch.ts', import.meta.url))],
  environment: {
    PORT: String(port),
    HOST: '127.0.0.1',
    LOG_FORMAT: 'json',
    ADMIN_KEY,
    TURN_FILE: turnPath,
    TURN_LONG: options.long,
    CONFIG_FILE: join(folder, 'codellama.yaml'),
    DATABASE_URL: `sqlite:${join(folder, 'ledger.db')}`,
    ANTHROPIC_API_KEY: 'x',
    ANTHROPIC_BASE_URL: simulator.baseUrls.anthropic,
    ...IMPATIENT,
  },
});
let serverEnded = false;
server.child.on('exit', () => {
  serverEnded = true;
});
await untilAnswers(`http://127.0.0.1:${port}/health/ready`, true);
const made = await fetch(`http://127.0.0.1:${port}/keys`, {
  method: 'POST',
  headers: { authorization: `Bearer ${ADMIN_KEY}`, 'content-type': 'application/json' },
  body: JSON.stringify({ alias: 'hostile', budget_usd: 1_000_000, budget_period: 'total' }),
});
const { key } = (await made.json()) as { key: string };

// What is loaded with the first call of each door and provider is nobody's doing.
for (const ask of Object.values(ASKING))
  for (const model of [...Object.values(MODEL_OF), 'claude']) {
    const { path, body } = ask(model);
    for (const stream of [false, true])
      await send({ path }, JSON.stringify({ ...body, ...(stream && { stream }) }));
  }
await new Promise((resolve) => setTimeout(resolve, 1_000));

const found: { name: string; outcome: string; turn: LongTurn | undefined }[] = [];
for (const { name, make, reply, ...asked } of attacks) {
  if (!name.includes(options.only) || serverEnded) continue;
  wanted = reply;
  turns.empty();
  const outcomes = new Set<string>();
  for (let times = Number(options.times); times > 0; times--) {
    outcomes.add(await send(asked, make()));
    await new Promise((resolve) => setTimeout(resolve, AFTERWARDS));
  }
  const [turn] = turns.read();
  found.push({ name, outcome: [...outcomes].join(', '), turn });
  console.log(`${Math.round(turn?.ms ?? 0)} ms, ${[...outcomes].join(', ')}: ${name}`);
}
console.log('\nThe longest:');
const longest = found
  .filter(({ turn }) => turn)
  .sort((one, other) => other.turn!.ms - one.turn!.ms)
  .slice(0, Number(options.top));
for (const { name, outcome, turn } of longest) console.log(`${name} (${outcome}): ${describeTurn(turn!)}`);
if (serverEnded) console.log('DEAD: the server has ended');
endAll();
upstream.close();
await simulator.close();
process.exit(0);

/** @returns its status. Never rejects. */
function send(
  { method = 'POST', path, as }: Pick<Attack, 'method' | 'path' | 'as'>,
  body: string,
): Promise<string> {
  return new Promise((resolve) => {
    const authorization = as === 'nobody' ? '' : `Bearer ${as === 'admin' ? ADMIN_KEY : key}`;
    const headers = { 'content-type': 'application/json', authorization };
    const asking = request({ host: '127.0.0.1', port, path, method, headers }, (answer) => {
      answer.resume().on('close', () => resolve(`${answer.statusCode}`));
    });
    const patience = setTimeout(() => asking.destroy(), PATIENCE);
    asking.on('error', () => resolve('left'));
    asking.on('close', () => clearTimeout(patience));
    asking.end(body);
  });
}
