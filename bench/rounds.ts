/** Peers in turn, round after round: what each costs per unit, and how fast it is. */
import { CpuMeter } from './cpu.ts';
import type { Job, Result } from './load/job.ts';
import type { LoadGenerator } from './load-generator.ts';
import type { Peer } from './stage.ts';

/** Milliseconds. What a server still does for requests that are answered counts: log lines leave a little later. */
const AFTERMATH = 150;

/** What one peer did in one round. */
export class Slice {
  /** Microseconds of the server's CPU. */
  readonly used: number;
  /** Requests; of streams, frames. */
  readonly units: number;
  readonly seconds: number;
  readonly lateness: Result['lateness'];

  constructor(used: number, { frames, requests, seconds, lateness }: Omit<Result, 'latencies'>) {
    this.used = used;
    this.units = frames || requests;
    this.seconds = seconds;
    this.lateness = lateness;
  }

  /** Microseconds for each unit. */
  get cpu(): number {
    return this.used / this.units;
  }

  /** Units a second. */
  get rate(): number {
    return this.units / this.seconds;
  }

  /** The part of the time that a core was busy. */
  get busy(): number {
    return this.used / 1e6 / this.seconds;
  }

  static sum(slices: readonly Slice[]): Slice {
    const of = (field: 'used' | 'units' | 'seconds') => slices.reduce((sum, slice) => sum + slice[field], 0);
    const result = {
      frames: 0,
      requests: of('units'),
      seconds: of('seconds'),
      lateness: slices[0]!.lateness,
    };
    return new Slice(of('used'), result);
  }
}

export async function measureSlice(load: LoadGenerator, pids: readonly number[], job: Job): Promise<Slice> {
  const meter = new CpuMeter(pids);
  let before = 0;
  const result = await load.run(job, () => {
    before = meter.read();
  });
  await new Promise((resolve) => setTimeout(resolve, AFTERMATH));
  return new Slice(meter.read() - before, result);
}

/**
 * @param turns how often each peer has its turn within a round: a shared machine changes its speed within a second, and
 * each core on its own, so many short turns are fairer than a long one
 * @returns what each peer did, a sum of its turns for each round
 */
export async function measureRounds(
  load: LoadGenerator,
  peers: readonly Peer[],
  { rounds, turns }: { rounds: number; turns: number },
  jobFor: (peer: Peer) => Job,
): Promise<Map<Peer, Slice[]>> {
  const slices = new Map<Peer, Slice[]>(peers.map((peer) => [peer, []]));
  for (let round = 0; round < rounds; round++) {
    const ofRound = new Map<Peer, Slice[]>(peers.map((peer) => [peer, []]));
    for (let turn = 0; turn < turns; turn++) {
      // Each turn begins with the next peer, so that nobody has two in a row: one that has just been asked is
      // quicker by a seventh, as the processor's caches are still its own.
      const first = (round * turns + turn) % peers.length;
      for (const peer of [...peers.slice(first), ...peers.slice(0, first)])
        ofRound.get(peer)!.push(await sliceOf(load, peer, jobFor(peer)));
    }
    for (const peer of peers) slices.get(peer)!.push(Slice.sum(ofRound.get(peer)!));
  }
  return slices;
}

async function sliceOf(load: LoadGenerator, peer: Peer, job: Job): Promise<Slice> {
  try {
    return await measureSlice(load, [peer.pid], job);
  } catch (reason) {
    throw new Error(`${peer.name}: ${(reason as Error).message}`);
  }
}
