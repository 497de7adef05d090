/** The order in which a request asks the deployments of one model. What fails still goes to the next, as in any chain. */
import type { Random } from '../core/clock.ts';
import type { Balance, Target } from '../providers/provider.ts';
import type { Load } from './target-load.ts';

/**
 * Targets of one balanced model stand beside each other in the chain; each such group is put into the order its
 * strategy says, everything else stays where it is.
 */
export function inTurn(chain: readonly Target[], load: Load, random: Random): readonly Target[] {
  if (!chain.some(({ balance }) => balance)) return chain;
  const ordered: Target[] = [];
  for (let at = 0; at < chain.length; ) {
    const { balance } = chain[at]!;
    let end = at + 1;
    if (balance) while (end < chain.length && chain[end]!.balance?.group === balance.group) end++;
    const group = chain.slice(at, end);
    ordered.push(...(balance ? strategies[balance.strategy](group, load, random) : group));
    at = end;
  }
  return ordered;
}

type Strategy = (group: readonly Target[], load: Load, random: Random) => Target[];

const strategies: Record<Balance['strategy'], Strategy> = {
  order: (group) => [...group],
  weighted: (group, _load, random) => byChance(group, random),
  /** Fewest calls in flight for its weight; equals by chance. */
  least_busy: (group, load, random) =>
    byChance(group, random).sort((one, other) => busyness(one, load) - busyness(other, load)),
  /** Quickest first token; one that was never measured is tried first. */
  lowest_latency: (group, load, random) =>
    byChance(group, random).sort((one, other) => (load.of(one).latency ?? 0) - (load.of(other).latency ?? 0)),
};

function weightOf({ balance }: Target): number {
  return balance?.weight ?? 1;
}

function busyness(target: Target, load: Load): number {
  return load.of(target).inFlight / weightOf(target);
}

/** Weighted drawing without putting back: the first is drawn by weight, and so is who stands in for it. */
function byChance(group: readonly Target[], random: Random): Target[] {
  const left = [...group];
  const drawn: Target[] = [];
  while (left.length > 0) {
    const sum = left.reduce((total, target) => total + weightOf(target), 0);
    let mark = random() * sum;
    const at = left.findIndex((target) => {
      mark -= weightOf(target);
      return mark < 0;
    });
    drawn.push(...left.splice(at < 0 ? left.length - 1 : at, 1));
  }
  return drawn;
}
