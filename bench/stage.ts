/** The provider, the servers that are compared, and the load generator: started once, used by most parts. */
import type { Target } from './load/job.ts';
import { LoadGenerator } from './load-generator.ts';
import type { Options } from './options.ts';
import { keyWithLimits, startOurs } from './ours.ts';
import { installPortkey, PORTKEY_VERSION } from './portkey.ts';
import { LOAD_CORE, SERVER_CORE, type Started, start, untilAnswers } from './processes.ts';

export const CHAT = '/v1/chat/completions';
export const MESSAGES = '/v1/messages';
export const PORTS = {
  upstream: 4_700,
  bare: 4_710,
  ours: 4_720,
  fresh: 4_750,
  other: 4_722,
  oneWorker: 4_724,
  twoWorkers: 4_726,
  bareOne: 4_740,
  bareTwo: 4_742,
  redis: 4_728,
  portkey: 4_730,
  collector: 4_760,
  /** The first of several. */
  observed: 4_761,
};

export interface Peer {
  readonly name: string;
  readonly pid: number;
  readonly target: Target;
}

export interface Stage {
  readonly notes: string[];
  readonly load: LoadGenerator;
  readonly ours: Peer;
  /** Ours from another checkout. */
  readonly other: Peer | undefined;
  readonly portkey: Peer | undefined;
  readonly passThrough: Peer;
  readonly staticRoute: Peer;
  readonly pipe: Peer;
  readonly upstream: Peer;
}

export async function openStage({ portkey: wantsPortkey, against }: Options): Promise<Stage> {
  const upstream = start('servers/upstream.ts', [String(PORTS.upstream)], { core: LOAD_CORE });
  const bare = start('servers/bare.ts', [String(PORTS.bare), String(PORTS.upstream)], { core: SERVER_CORE });
  const ours = startOurs({ port: PORTS.ours, upstream: PORTS.upstream, core: SERVER_CORE });
  const other = against
    ? startOurs({ port: PORTS.other, upstream: PORTS.upstream, core: SERVER_CORE, checkout: against })
    : undefined;
  const portkey = wantsPortkey ? startPortkey() : undefined;
  await untilAnswers(`http://127.0.0.1:${PORTS.ours}/health/ready`, true);
  await untilAnswers(`http://127.0.0.1:${PORTS.bare}/`);
  if (other) await untilAnswers(`http://127.0.0.1:${PORTS.other}/health/ready`, true);
  if (portkey) await untilAnswers(`http://127.0.0.1:${PORTS.portkey}/`);
  const peer = (name: string, { pid }: Started, port: number, given: Partial<Target> = {}): Peer => ({
    name,
    pid,
    target: { port, path: CHAT, headers: {}, form: 'prompt', ...given },
  });
  return {
    notes: wantsPortkey && !portkey ? ['Portkey could not be installed, so it is not in the table.'] : [],
    load: new LoadGenerator(),
    ours: peer('ours', ours, PORTS.ours, { headers: await keyWithLimits(PORTS.ours) }),
    other: other && peer('other checkout', other, PORTS.other, { headers: await keyWithLimits(PORTS.other) }),
    portkey: portkey && peer(`Portkey ${PORTKEY_VERSION}`, portkey, PORTS.portkey, askPortkey),
    passThrough: peer('bare pass-through', bare, PORTS.bare),
    staticRoute: peer('bare route', bare, PORTS.bare, { path: '/static' }),
    pipe: peer('node:http pipe', bare, PORTS.bare + 1),
    upstream: peer('upstream', upstream, PORTS.upstream),
  };
}

const askPortkey: Partial<Target> = {
  form: 'messages',
  headers: {
    authorization: 'Bearer bench',
    'x-portkey-provider': 'openai',
    'x-portkey-custom-host': `http://127.0.0.1:${PORTS.upstream}/v1`,
  },
};

function startPortkey(): Started | undefined {
  const script = installPortkey();
  if (!script) return undefined;
  return start(script, [`--port=${PORTS.portkey}`, '--headless'], { core: SERVER_CORE, quiet: true });
}
