/**
 * An agent's turn, 200 kB of history and tools, at one connection: a bare pass-through and ours, asked in turn. The bytes are
 * there and are to be passed on, not written again.
 */
import type { Question } from '../load/job.ts';
import type { Options } from '../options.ts';
import type { Row } from '../report.ts';
import { CHAT, MESSAGES, type Peer, type Stage } from '../stage.ts';
import { percentile, ratios, spread } from '../statistics.ts';
import { warmUp } from '../warm-up.ts';

const SECONDS_FACTOR = 2;
const WARM_UP = 1_000;
/** Never answered from a cache: an agent that asks again wants to act again. */
const QUESTION: Question = { isNew: true };

export async function measureAgentTurns(stage: Stage, options: Options): Promise<Row[]> {
  return [
    ...(await measure('chat', CHAT, stage, options)),
    ...(await measure('messages', MESSAGES, stage, options)),
  ];
}

async function measure(
  door: 'chat' | 'messages',
  path: string,
  { load, ours, other, passThrough }: Stage,
  { rounds, seconds }: Options,
): Promise<Row[]> {
  const given = [passThrough, ours, other].filter((peer) => peer !== undefined);
  const peers = given.map(
    ({ target, ...peer }): Peer => ({ ...peer, target: { ...target, path, form: `agent on ${door}` } }),
  );
  for (const peer of peers) await warmUp(load, peer, QUESTION, WARM_UP);
  const targets = peers.map(({ target }) => target);
  const medians: number[][] = [];
  for (let round = 0; round < rounds; round++) {
    const job = { plan: 'turns', targets, question: QUESTION, seconds: seconds * SECONDS_FACTOR } as const;
    const { latencies } = await load.run(job);
    medians.push(latencies.map((ofPeer) => percentile(ofPeer, 0.5)));
  }
  const of = (peer: number) => medians.map((round) => round[peer]!);
  return peers.flatMap(({ name }, index): Row[] => [
    ...(index === 0
      ? []
      : [
          {
            what: `an agent's turn on ${door}: ${name} / bare pass-through`,
            unit: '× time',
            value: ratios(of(index), of(0)),
            target: index === 1 ? { limit: 1.25 } : undefined,
          },
        ]),
    { what: `an agent's turn on ${door}: ${name}`, unit: 'ms', value: spread(of(index)) },
  ]);
}
