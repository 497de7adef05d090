/**
 * `npm run profile -- miss|hit|stream`: where the server's CPU time goes under that load, by file and by function.
 * Options: --seconds 5 --top 40 --open (no key, no limits). The .cpuprofile is kept for a browser's developer tools.
 */
import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { keyWithLimits, ourEnvironment } from './ours.ts';
import { endAll, LOAD_CORE, LoadGenerator, SERVER_CORE, start, untilAnswers } from './processes.ts';

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seconds: { type: 'string', default: '5' },
    top: { type: 'string', default: '40' },
    open: { type: 'boolean', default: false },
  },
});
const kind = (positionals[0] ?? 'miss') as 'miss' | 'hit' | 'stream';

interface Profile {
  readonly nodes: {
    id: number;
    callFrame: { functionName: string; url: string; lineNumber: number };
  }[];
  readonly samples: number[];
  readonly timeDeltas: number[];
}

const UPSTREAM = 4_700;
const OURS = 4_720;
const folder = mkdtempSync(join(tmpdir(), 'codellama-profile-'));
start('upstream.ts', [String(UPSTREAM)], { core: LOAD_CORE });
const server = start(fileURLToPath(new URL('../src/main.ts', import.meta.url)), [], {
  core: SERVER_CORE,
  cwd: folder,
  environment: {
    ...ourEnvironment(OURS, UPSTREAM),
    NODE_OPTIONS: `--cpu-prof --cpu-prof-dir=${folder} --cpu-prof-interval 200`,
  },
});
await untilAnswers(`http://127.0.0.1:${OURS}/health/ready`, true);
const headers = await keyWithLimits(OURS, options.open);
const load = new LoadGenerator();
const result = await load.run({
  port: OURS,
  path: '/v1/chat/completions',
  headers,
  form: 'prompt',
  kind,
  connections: 32,
  seconds: Number(options.seconds),
});
if (result.error) throw new Error(result.error);
await server.stop('SIGTERM');
endAll();

const file = readdirSync(folder).find((name) => name.endsWith('.cpuprofile'))!;
const { nodes, samples, timeDeltas } = JSON.parse(readFileSync(join(folder, file), 'utf8')) as Profile;
const byId = new Map(nodes.map((node) => [node.id, node.callFrame]));
const functions = new Map<string, number>();
const files = new Map<string, number>();
let busy = 0;
for (const [index, id] of samples.entries()) {
  const { functionName, url, lineNumber } = byId.get(id)!;
  if (functionName === '(idle)' || functionName === '(program)') continue;
  const microseconds = timeDeltas[index]!;
  busy += microseconds;
  const place = placeOf(url);
  add(functions, `${functionName || '(anonymous)'}  ${place}:${lineNumber + 1}`, microseconds);
  add(files, place, microseconds);
}
const units = kind === 'stream' ? result.frames : result.requests;
console.log(
  `${units} ${kind === 'stream' ? 'frames' : 'requests'}, ${(busy / units).toFixed(1)} µs each in JavaScript`,
);
print('by file', files);
print('by function', functions);
console.log(`\n${join(folder, file)}`);
process.exit(0);

function add(sums: Map<string, number>, key: string, microseconds: number): void {
  sums.set(key, (sums.get(key) ?? 0) + microseconds);
}

function placeOf(url: string): string {
  if (url === '') return '(native)';
  if (url.startsWith('node:')) return url;
  return url.replace(/^.*\/node_modules\//, '').replace(/^.*\/(?=src\/)/, '');
}

function print(title: string, sums: ReadonlyMap<string, number>): void {
  console.log(`\nµs each, ${title}`);
  const sorted = [...sums].sort(([, one], [, other]) => other - one).slice(0, Number(options.top));
  for (const [name, microseconds] of sorted)
    console.log(`${(microseconds / units).toFixed(2).padStart(8)}  ${name}`);
}
