/**
 * `npm run profile -- miss|hit|stream|paced|agent on chat|agent on messages`: where the server's CPU time goes under that load, by file and by function,
 * once it is warm. Options: --seconds 5 --top 40 --connections 32 (while it is profiled) --open (the administrator's key: no
 * limits) --allocations (bytes instead of time) --redis URL (shared limits) --checkout FOLDER (another version). The profile is
 * kept for a browser's developer tools.
 */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Job, Question, Target } from './load/job.ts';
import { LoadGenerator } from './load-generator.ts';
import { adminHeaders, keyWithLimits, startOurs } from './ours.ts';
import { askProbe } from './probe-client.ts';
import { endAll, LOAD_CORE, pin, SERVER_CORE, start, untilAnswers } from './processes.ts';
import { printProfile } from './profile-report.ts';
import { FRAMES } from './servers/fixtures.ts';
import { CHAT, MESSAGES, PORTS } from './stage.ts';

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seconds: { type: 'string', default: '5' },
    top: { type: 'string', default: '40' },
    connections: { type: 'string', default: '32' },
    open: { type: 'boolean', default: false },
    allocations: { type: 'boolean', default: false },
    redis: { type: 'string' },
    checkout: { type: 'string' },
  },
});
const what = options.allocations ? 'allocations' : 'time';
const kind = positionals[0] ?? 'miss';
const seconds = Number(options.seconds);
const questions: Record<string, Question> = {
  miss: { isNew: true },
  hit: { isNew: false },
  stream: { isNew: true, stream: { frames: FRAMES, gap: 0 } },
  paced: { isNew: true, stream: { frames: FRAMES, gap: 0 } },
  'agent on chat': { isNew: true },
  'agent on messages': { isNew: true },
};
const question = questions[kind];
if (!question) throw new Error(`There is no ${kind}; there are ${Object.keys(questions).join(', ')}.`);

pin([process.pid], String(LOAD_CORE));
start('servers/upstream.ts', [String(PORTS.upstream)], { core: LOAD_CORE });
const server = startOurs({
  port: PORTS.ours,
  upstream: PORTS.upstream,
  core: SERVER_CORE,
  probe: true,
  checkout: options.checkout,
  environment: options.redis ? { REDIS_URL: options.redis } : {},
});
await untilAnswers(`http://127.0.0.1:${PORTS.ours}/health/ready`, true);
const headers = options.open ? adminHeaders : await keyWithLimits(PORTS.ours);
const isAgent = kind === 'agent on chat' || kind === 'agent on messages';
const target: Target = {
  port: PORTS.ours,
  path: kind === 'agent on messages' ? MESSAGES : CHAT,
  headers,
  form: isAgent ? kind : 'prompt',
};
const load = new LoadGenerator();
const warmUp: Job = { plan: 'closed loop', target, question, connections: 32, seconds: 15, requests: 20_000 };
await load.run(question.stream || isAgent ? { ...warmUp, requests: 1_000 } : warmUp);

const file = join(
  mkdtempSync(join(tmpdir(), 'codellama-profile-')),
  `${kind}.${options.allocations ? 'heapprofile' : 'cpuprofile'}`,
);
await askProbe(server, { begin: what });
const result = await load.run(
  kind === 'paced'
    ? {
        plan: 'paced streams',
        target,
        streams: 500,
        shape: { frames: Math.ceil(seconds * 50), gap: 20 },
        beginWithin: 1,
      }
    : { ...warmUp, connections: Number(options.connections), requests: undefined, seconds },
);
await askProbe(server, { end: what, file });
endAll();
const [count, unit] = question.stream ? [result.frames, 'frames'] : [result.requests, 'requests'];
printProfile(file, { kind: what, count, unit, top: Number(options.top) });
process.exit(0);
