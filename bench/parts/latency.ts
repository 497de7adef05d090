/** What the gateway adds at one connection: the upstream directly, ours and a bare pass-through, asked in turn. */
import type { Question } from '../load/job.ts';
import type { Options } from '../options.ts';
import type { Row } from '../report.ts';
import type { Stage } from '../stage.ts';
import { percentile, spread } from '../statistics.ts';
import { warmUp } from '../warm-up.ts';

/** Percentiles need many requests: a slice of one connection is longer than one of many. */
const SECONDS_FACTOR = 2;

export async function measureLatency(stage: Stage, options: Options): Promise<Row[]> {
  return [
    ...(await measure('added latency', { isNew: true }, stage, options, { p50: 0.35, p99: 1 })),
    ...(await measure('added time to first token', firstToken, stage, options, { p99: 1 })),
  ];
}

const firstToken: Question = { isNew: true, stream: { frames: 1, gap: 0 } };

async function measure(
  what: string,
  question: Question,
  { load, upstream, ours, other, passThrough, pipe }: Stage,
  { rounds, seconds }: Options,
  limits: { readonly p50?: number; readonly p99: number },
): Promise<Row[]> {
  const peers = [ours, question.stream ? pipe : passThrough, other].filter((peer) => peer !== undefined);
  for (const peer of peers) await warmUp(load, peer, question);
  const targets = [upstream, ...peers].map(({ target }) => target);
  const latencies: (readonly (readonly number[])[])[] = [];
  for (let round = 0; round < rounds; round++) {
    const result = await load.run({ plan: 'turns', targets, question, seconds: seconds * SECONDS_FACTOR });
    latencies.push(result.latencies);
  }
  const added = (peer: number, share: number) =>
    spread(latencies.map((round) => percentile(round[peer]!, share) - percentile(round[0]!, share)));
  return peers.flatMap(({ name }, index) =>
    (['p50', 'p99'] as const).map((which): Row => {
      const limit = index === 0 ? limits[which] : undefined;
      return {
        what: `${what}, ${which}: ${name}`,
        unit: 'ms',
        value: added(index + 1, which === 'p50' ? 0.5 : 0.99),
        target: limit === undefined ? undefined : { limit },
      };
    }),
  );
}
