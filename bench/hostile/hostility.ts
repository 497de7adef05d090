/** The hostile part of the soak: providers and callers that want to hurt, beside those that are served meanwhile. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { pickFrom } from '../seeded-random.ts';
import { HostileCallers } from './hostile-callers.ts';
import { configFor, configsFor, MODELS } from './hostile-models.ts';
import { startHostileUpstream } from './hostile-upstream.ts';
import { type LongTurn, TurnFile } from './long-turns.ts';
import { Timeline } from './timeline.ts';

const ADMIN_KEY = 'the-administrator-of-the-soak';
const ADMIN = { authorization: `Bearer ${ADMIN_KEY}`, 'content-type': 'application/json' };
/** Attacks at once: as many as a few callers make. */
const AT_ONCE = 16;
/** Milliseconds between two changes of the configuration file. */
const RECONFIGURE_EVERY = 3_000;

interface MadeKey {
  readonly id: string;
  readonly key: string;
}

export interface HostileTurn extends LongTurn {
  /** Attacks and replies that were under way, each with how many of it. */
  readonly underWay: ReadonlyMap<string, number>;
}

export interface HostilityReport {
  readonly attacks: Readonly<Record<string, number>>;
  /** Milliseconds that a small request waited at most, on the clock. */
  readonly longestWait: number;
  /** Turns of the server's event loop that took long, the longest first. */
  readonly longTurns: readonly HostileTurn[];
  /** Keys of which something is held though all calls are over. */
  readonly unsettled: readonly string[];
  /** Keys whose counter and ledger do not agree. */
  readonly disagreeing: readonly string[];
}

/** What the server is started with, besides. */
export async function prepareHostility(random: () => number) {
  const folder = mkdtempSync(join(tmpdir(), 'codellama-hostile-'));
  const turnPath = join(folder, 'turns');
  const turnFile = new TurnFile(turnPath);
  turnFile.empty();
  const timeline = new Timeline();
  const upstream = await startHostileUpstream((names) => pickFrom(names, random), timeline);
  const configFile = join(folder, 'codellama.yaml');
  writeFileSync(configFile, configFor(upstream.urls));
  let changes = 0;
  const reconfigure = () => {
    const configs = configsFor(upstream.urls);
    timeline.begin('reconfigure')();
    writeFileSync(configFile, configs[++changes % configs.length]!);
  };
  return {
    nodeOptions: ['--import', fileURLToPath(new URL('./turn-watch.ts', import.meta.url))],
    environment: {
      ADMIN_KEY,
      TURN_FILE: turnPath,
      CONFIG_FILE: configFile,
      FIREWORKS_API_KEY: 'fw-the-key-of-the-hostile-provider',
    },
    async begin(port: number) {
      const hostility = await beginHostility(port, random, turnFile, timeline, upstream.close);
      const reconfiguring = setInterval(reconfigure, RECONFIGURE_EVERY);
      const stop = () => {
        clearInterval(reconfiguring);
        return hostility.stop();
      };
      return { ...hostility, stop };
    },
  };
}

async function beginHostility(
  port: number,
  random: () => number,
  turnFile: TurnFile,
  timeline: Timeline,
  closeUpstream: () => void,
) {
  const url = `http://127.0.0.1:${port}`;
  const makeKey = async (alias: string) =>
    (await (
      await fetch(`${url}/keys`, {
        method: 'POST',
        headers: ADMIN,
        body: JSON.stringify({ alias, budget_usd: 1_000, budget_period: 'total', max_concurrency: 500 }),
      })
    ).json()) as MadeKey;
  const keys = await Promise.all(['honest', 'hostile', 'hostile-too'].map(makeKey));
  await loadPackages(url, keys[0]!.key);
  turnFile.empty();
  const pinger = new Worker(new URL('./small-requests.ts', import.meta.url), { workerData: { port } });
  const callers = keys
    .slice(1)
    .map(({ key }) => new HostileCallers(port, { caller: key, admin: ADMIN_KEY }, random, timeline));
  let isOver = false;
  const attacking = Array.from({ length: AT_ONCE }, async (_, at) => {
    while (!isOver) await callers[at % callers.length]!.attack();
  });

  return {
    /** Of the callers that want nothing but answers. */
    key: keys[0]!.key,
    async stop(): Promise<void> {
      isOver = true;
      await Promise.all(attacking);
    },
    /** When all calls are over. */
    async report(): Promise<HostilityReport> {
      const longestWait = await new Promise<number>((resolve) => {
        pinger.once('message', resolve);
        pinger.postMessage('how long?');
      });
      await pinger.terminate();
      closeUpstream();
      const longTurns = turnFile
        .read()
        .map((turn) => ({ ...turn, underWay: timeline.between(turn.from, turn.to) }));
      const attacks: Record<string, number> = {};
      for (const { outcomes } of callers)
        for (const [outcome, count] of outcomes) attacks[outcome] = (attacks[outcome] ?? 0) + count;
      return { attacks, longestWait, longTurns, ...(await books(url, keys)) };
    },
  };
}

/** What is loaded with the first call of each provider is no hostility. */
async function loadPackages(url: string, key: string): Promise<void> {
  for (const model of ['codellama', 'gpt-4', 'claude-2', ...MODELS]) {
    await fetch(`${url}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
      body: JSON.stringify({ model, prompt: 'hello', max_tokens: 5 }),
      signal: AbortSignal.timeout(5_000),
    }).then(
      (reply) => reply.text(),
      () => {},
    );
  }
}

async function books(url: string, keys: readonly MadeKey[]) {
  const unsettled: string[] = [];
  const disagreeing: string[] = [];
  const { data } = (await (await fetch(`${url}/usage?group_by=key`, { headers: ADMIN })).json()) as {
    data: { key: string; cost_usd: number }[];
  };
  for (const { id } of keys) {
    const shown = (await (await fetch(`${url}/keys/${id}`, { headers: ADMIN })).json()) as {
      alias: string;
      held_usd: number;
      spent_usd: number;
    };
    const { alias, held_usd: held, spent_usd: spent } = shown;
    if (held !== 0) unsettled.push(`${alias}: $${held}`);
    const billed = data.find(({ key }) => key === id)?.cost_usd ?? 0;
    if (!(Math.abs(billed - spent) < 1e-6))
      disagreeing.push(`${alias}: $${spent} counted, $${billed} in the ledger`);
  }
  return { unsettled, disagreeing };
}
