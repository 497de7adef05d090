/** The options of `npm run bench`. */
import { parseArgs } from 'node:util';

export const PARTS = [
  'start',
  'footprint',
  'miss',
  'hit',
  'agent',
  'stream',
  'paced',
  'lateness',
  'latency',
  'observed',
  'scaling',
  'memory',
] as const;
export type PartName = (typeof PARTS)[number];

export interface Options {
  readonly rounds: number;
  /** Of one peer in one round. */
  readonly seconds: number;
  readonly only: ReadonlySet<PartName>;
  /** For the memory part. */
  readonly requests: number;
  readonly portkey: boolean;
  /** The folder of another checkout, to compare ours with. */
  readonly against: string | undefined;
}

export function readOptions(): Options {
  const { values } = parseArgs({
    options: {
      rounds: { type: 'string', default: '8' },
      seconds: { type: 'string', default: '0.8' },
      only: { type: 'string', default: PARTS.join(',') },
      requests: { type: 'string', default: '200000' },
      'no-portkey': { type: 'boolean', default: false },
      against: { type: 'string' },
    },
  });
  const only = values.only.split(',') as PartName[];
  const unknown = only.find((name) => !PARTS.includes(name));
  if (unknown) throw new Error(`--only: there is no part ${unknown}; there are ${PARTS.join(', ')}`);
  return {
    rounds: Number(values.rounds),
    seconds: Number(values.seconds),
    only: new Set(only),
    requests: Number(values.requests),
    portkey: !values['no-portkey'],
    against: values.against,
  };
}
