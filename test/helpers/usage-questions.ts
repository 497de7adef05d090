/** Entries of all kinds over five days, and questions about their usage: those that the sums answer, and those that they do not. */
import type { UsageQuery } from '../../src/accounts/ledger/usage/usage-query.ts';
import { entryWith, NOON } from './entries.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** The same numbers at every run. */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return (state >>> 8) % below;
  };
}

export function entriesOfAllKinds(count: number, seed = 1) {
  const next = numbers(seed);
  const oneOf = <Value>(...values: readonly Value[]) => values[next(values.length)]!;
  return Array.from({ length: count }, (_, at) =>
    entryWith({
      at: NOON - 5 * DAY + Math.floor((5 * DAY * at) / count) + next(1_000),
      keyId: oneOf('web', 'apps', null),
      projectId: oneOf('shop', null),
      cost: oneOf(0, 1_000, 2_500, null),
      saved: oneOf(null, 700),
      receipt: {
        user: oneOf('ada', 'bob', '', null),
        agent: oneOf('claude-code', null),
        session: oneOf('s-1', 's-2', null),
        model: oneOf('gpt-4', 'gpt-5', null),
        cache: oneOf('hit', 'miss', 'hit-semantic'),
        duration_ms: 10 + next(5_000),
        ttft_ms: oneOf(null, 5 + next(500)),
        error: oneOf(null, { kind: 'upstream_timeout', message: '' }, { kind: 'client_closed', message: '' }),
      },
    }),
  );
}

/** The sums answer them. */
export const SUMMED_QUESTIONS: readonly UsageQuery[] = [
  { groupBy: [], filter: {} },
  { groupBy: [], filter: { from: NOON - 3 * DAY - 1_234, to: NOON - HOUR / 3 } },
  { groupBy: [], filter: { from: NOON - HOUR / 2, to: NOON - HOUR / 4 } },
  { groupBy: ['model'], filter: {} },
  { groupBy: ['user'], filter: { from: NOON - 2 * DAY }, largest: 'requests', limit: 2 },
  { groupBy: ['session'], filter: { to: NOON - DAY }, largest: 'cost_usd', limit: 1 },
  { groupBy: ['key'], bucket: 'day', filter: {} },
  { groupBy: ['agent'], bucket: 'hour', filter: { from: NOON - DAY, to: NOON } },
  { groupBy: [], bucket: 'day', tz: 'Europe/Berlin', filter: {} },
  { groupBy: ['project'], bucket: 'month', tz: 'America/New_York', filter: {} },
  { groupBy: [], bucket: 'week', filter: { keyId: ['web'] } },
  { groupBy: ['model'], filter: { keyId: ['web'] } },
  { groupBy: ['key'], filter: { projectId: ['shop'] } },
  { groupBy: ['user'], bucket: 'day', filter: { projectId: ['shop'] }, limit: 2 },
  { groupBy: ['session'], filter: { keyId: ['web'] } },
  { groupBy: ['session'], bucket: 'week', filter: {} },
  { groupBy: [], filter: { user: ['ada', 'bob'] } },
  { groupBy: ['user'], filter: { user: ['ada', 'nobody'] } },
  { groupBy: [], filter: { session: ['s-1'], from: NOON - 2 * DAY } },
  { groupBy: [], filter: { keyId: [] } },
];
/** What only the rows know. */
export const UNSUMMED_QUESTIONS: readonly UsageQuery[] = [
  { groupBy: ['model', 'user'], filter: {} },
  { groupBy: ['door'], filter: {} },
  { groupBy: ['session'], filter: { projectId: ['shop'] } },
  { groupBy: [], filter: { status: ['ok'] } },
  { groupBy: ['user'], filter: { keyId: ['web', 'apps'] } },
  { groupBy: [], filter: { keyId: ['web'], user: ['ada'] } },
  { groupBy: [], bucket: 'day', tz: 'Asia/Kolkata', filter: {} },
];
