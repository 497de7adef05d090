/** Misses, hits and streams as fast as they go: CPU per unit and units a second, of ours and of its peers. */
import type { Question } from '../load/job.ts';
import type { Options } from '../options.ts';
import type { Row } from '../report.ts';
import { measureRounds, type Slice } from '../rounds.ts';
import { FRAMES } from '../servers/fixtures.ts';
import type { Peer, Stage } from '../stage.ts';
import { ratios, spread } from '../statistics.ts';
import { warmUp } from '../warm-up.ts';

const CONNECTIONS = 32;
/** Of each peer within a round. */
const TURNS = 4;

export async function measureMisses(stage: Stage, options: Options): Promise<Row[]> {
  const { ours, other, portkey, passThrough } = stage;
  const peers = [ours, passThrough, portkey, other];
  const question = (peer: Peer): Question => ({ isNew: true, ...(isOurs(peer) && { cache: 'miss' }) });
  return compare('cache miss', stage, options, peers, question, (peer) => {
    if (peer === passThrough) return { cpu: { limit: 1.6 } };
    return peer === portkey ? { rate: { limit: 4, atLeast: true } } : {};
  });
}

export async function measureHits(stage: Stage, options: Options): Promise<Row[]> {
  const { ours, other, staticRoute } = stage;
  const question = (peer: Peer): Question => ({ isNew: false, ...(isOurs(peer) && { cache: 'hit' }) });
  return compare('cache hit', stage, options, [ours, staticRoute, other], question, (peer) =>
    peer === staticRoute ? { cpu: { limit: 1.25 } } : {},
  );
}

/** The worst case, as each frame is a read, a parse and a write of its own; the target is for paced streams. */
export async function measureFastStreams(stage: Stage, options: Options): Promise<Row[]> {
  const { ours, other, pipe, portkey } = stage;
  const question = (): Question => ({ isNew: true, stream: { frames: FRAMES, gap: 0 } });
  return compare(
    'frame, as fast as possible',
    stage,
    options,
    [ours, pipe, portkey, other],
    question,
    () => ({}),
  );
}

type Targets = { readonly cpu?: Row['target']; readonly rate?: Row['target'] };

/** @param given ours first; those that are missing are left out */
async function compare(
  what: string,
  { load }: Stage,
  { rounds, seconds }: Options,
  given: readonly (Peer | undefined)[],
  questionFor: (peer: Peer) => Question,
  targetsFor: (peer: Peer) => Targets,
): Promise<Row[]> {
  const peers = given.filter((peer) => peer !== undefined);
  const isStream = questionFor(peers[0]!).stream !== undefined;
  for (const peer of peers) await warmUp(load, peer, questionFor(peer), isStream ? 1_000 : undefined);
  const slices = await measureRounds(load, peers, { rounds, turns: TURNS }, (peer) => ({
    plan: 'closed loop',
    target: peer.target,
    question: questionFor(peer),
    connections: CONNECTIONS,
    seconds: seconds / TURNS,
  }));
  const [ours, ...others] = peers as [Peer, ...Peer[]];
  const of = (peer: Peer, field: 'cpu' | 'rate' | 'busy') =>
    slices.get(peer)!.map((slice: Slice) => slice[field]);
  const unit = isStream ? 'frames' : 'requests';
  return [
    ...others.flatMap((peer): Row[] => [
      {
        what: `${what}: ours / ${peer.name}`,
        unit: '× CPU',
        value: ratios(of(ours, 'cpu'), of(peer, 'cpu')),
        target: targetsFor(peer).cpu,
      },
      {
        what: `${what}: ours / ${peer.name}`,
        unit: `× ${unit}/s`,
        value: ratios(of(ours, 'rate'), of(peer, 'rate')),
        target: targetsFor(peer).rate,
      },
    ]),
    ...peers.flatMap((peer): Row[] => [
      { what: `${what}: ${peer.name}`, unit: 'CPU µs', value: spread(of(peer, 'cpu')) },
      { what: `${what}: ${peer.name}`, unit: `${unit}/s`, value: spread(of(peer, 'rate')) },
      { what: `${what}: ${peer.name}`, unit: 'of a core', value: spread(of(peer, 'busy')) },
    ]),
  ];
}

function isOurs({ name }: Peer): boolean {
  return name.startsWith('ours');
}
