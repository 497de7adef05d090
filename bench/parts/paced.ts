/** Streams as models send them, a frame every few milliseconds: what a frame costs, and how late it comes. */
import type { PacedStreams } from '../load/job.ts';
import type { Options } from '../options.ts';
import type { Row } from '../report.ts';
import { measureRounds, type Slice } from '../rounds.ts';
import { FRAMES } from '../servers/fixtures.ts';
import type { Peer, Stage } from '../stage.ts';
import { ratios, spread } from '../statistics.ts';
import { warmUp } from '../warm-up.ts';

/** What is warmed are frames, 100,000 of each peer. */
const warm = { isNew: true, stream: { frames: FRAMES, gap: 0 } } as const;

/** A round lasts some seconds, so there are fewer of them than of requests. */
export async function measureFrames(stage: Stage, { rounds }: Options): Promise<Row[]> {
  const { ours, pipe, portkey, other } = stage;
  const size = { streams: 500, shape: { frames: 100, gap: 20 }, beginWithin: 1 };
  const slices = await measure(stage, [ours, pipe, portkey, other], size, Math.ceil(rounds / 2));
  return costs('frame, 500 streams, 20 ms apart', slices, stage, { limit: 1.25 });
}

/** Slow enough for one core; the provider asked directly shows what of the lateness is the measurement's own. */
export async function measureLateness(stage: Stage, { rounds }: Options): Promise<Row[]> {
  const { ours, pipe, upstream, other } = stage;
  const size = { streams: 1_000, shape: { frames: 30, gap: 100 }, beginWithin: 2 };
  const slices = await measure(stage, [ours, pipe, upstream, other], size, Math.ceil(rounds / 3));
  const rows = [...slices].flatMap(([peer, ofPeer]): Row[] => {
    const lateness = ofPeer.map((slice) => slice.lateness!);
    return [
      {
        what: `latest frame of 1,000 streams, 100 ms apart: ${peer.name}`,
        unit: 'ms',
        value: spread(lateness.map(({ max }) => max)),
        target: peer === ours ? { limit: 100, worst: true } : undefined,
      },
      {
        what: `lateness of frames, p99, 1,000 streams, 100 ms apart: ${peer.name}`,
        unit: 'ms',
        value: spread(lateness.map(({ p99 }) => p99)),
      },
    ];
  });
  slices.delete(upstream);
  return [...rows, ...costs('frame, 1,000 streams, 100 ms apart', slices, stage)];
}

async function measure(
  { load }: Stage,
  given: readonly (Peer | undefined)[],
  size: Omit<PacedStreams, 'plan' | 'target'>,
  rounds: number,
): Promise<Map<Peer, Slice[]>> {
  const peers = given.filter((peer) => peer !== undefined);
  for (const peer of peers) await warmUp(load, peer, warm, 1_000);
  return measureRounds(load, peers, { rounds, turns: 1 }, ({ target }) => ({
    plan: 'paced streams',
    target,
    ...size,
  }));
}

function costs(what: string, slices: Map<Peer, Slice[]>, stage: Stage, target?: Row['target']): Row[] {
  const of = (peer: Peer, field: 'cpu' | 'busy') => slices.get(peer)!.map((slice) => slice[field]);
  const peers = [...slices.keys()];
  return [
    ...peers.slice(1).map(
      (peer): Row => ({
        what: `${what}: ours / ${peer.name}`,
        unit: '× CPU',
        value: ratios(of(stage.ours, 'cpu'), of(peer, 'cpu')),
        target: peer === stage.pipe ? target : undefined,
      }),
    ),
    ...peers.flatMap((peer): Row[] => [
      { what: `${what}: ${peer.name}`, unit: 'CPU µs', value: spread(of(peer, 'cpu')) },
      { what: `${what}: ${peer.name}`, unit: 'of a core', value: spread(of(peer, 'busy')) },
      {
        what: `${what}, lateness p50: ${peer.name}`,
        unit: 'ms',
        value: spread(slices.get(peer)!.map(({ lateness }) => lateness!.p50)),
      },
    ]),
  ];
}
