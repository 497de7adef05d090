/** Peers in turn, round after round: what each costs per unit, and how fast it is. */
import { CpuMeter } from './cpu.ts';
import type { Job, Result } from './load/job.ts';
import type { LoadGenerator } from './load-generator.ts';
import type { Peer } from './stage.ts';

/** What a server still does for requests that are answered counts too: log lines and rows leave together, a little later. */
const AFTERMATH = 150;

export interface Slice {
  /** Microseconds of the server's CPU for each unit. */
  readonly cpu: number;
  /** Units a second. */
  readonly rate: number;
  /** The part of the time that the server's core was busy. */
  readonly busy: number;
  readonly result: Result;
}

export async function measureSlice(load: LoadGenerator, pids: readonly number[], job: Job): Promise<Slice> {
  const meter = new CpuMeter(pids);
  let before = 0;
  const result = await load.run(job, () => {
    before = meter.read();
  });
  await new Promise((resolve) => setTimeout(resolve, AFTERMATH));
  const used = meter.read() - before;
  const units = result.frames || result.requests;
  return { cpu: used / units, rate: units / result.seconds, busy: used / 1e6 / result.seconds, result };
}

/** @returns the slices of each peer, one a round. Every other round goes backwards, so that a drift favours nobody. */
export async function measureRounds(
  load: LoadGenerator,
  peers: readonly Peer[],
  rounds: number,
  jobFor: (peer: Peer) => Job,
): Promise<Map<Peer, Slice[]>> {
  const slices = new Map<Peer, Slice[]>(peers.map((peer) => [peer, []]));
  for (let round = 0; round < rounds; round++) {
    for (const peer of round % 2 === 0 ? peers : [...peers].reverse()) {
      try {
        slices.get(peer)!.push(await measureSlice(load, [peer.pid], jobFor(peer)));
      } catch (reason) {
        throw new Error(`${peer.name}: ${(reason as Error).message}`);
      }
    }
  }
  return slices;
}
