/** What an administrator sees of each target, and how a cooldown is ended by hand. */
import type { Target } from '../providers/provider.ts';
import type { CooldownState } from './cooldown.ts';
import type { Cooldowns } from './cooldowns.ts';

/** How one target does, as the page of models shows it. */
export interface TargetHealth {
  /** `provider/upstream-model`. */
  readonly target: string;
  /** The names under which the configuration asks for it. */
  readonly names: readonly string[];
  readonly state: 'up' | CooldownState['state'];
  /** The kind of failure; absent when it is up. */
  readonly because?: CooldownState['because'];
  /** Milliseconds since the epoch until which it is left out. */
  readonly until?: number;
  /** What is known against the target itself and against its provider key. */
  readonly causes: readonly CooldownState[];
  readonly provider: string;
  /** The target that takes its place when its provider has retired the model. */
  readonly successor: string | null;
  /** US dollars per million tokens; `null` where it is not known. */
  readonly pricing: Target['price'] | null;
  readonly context_window: number | null;
}

const WORST_FIRST = ['cooling', 'probing', 'failing'] as const;

/** The health of all targets, read from their cooldowns when somebody asks. */
export class TargetHealths {
  readonly #cooldowns: Cooldowns;
  readonly #targets: () => Iterable<Target>;

  /** @param targets all that are configured now, successors among them */
  constructor(cooldowns: Cooldowns, targets: () => Iterable<Target>) {
    this.#cooldowns = cooldowns;
    this.#targets = targets;
  }

  /** `provider/upstream-model` of each. */
  ids(): Set<string> {
    return new Set([...this.#targets()].map(({ id }) => id));
  }

  /** One entry for each target's id, in the order of the configuration. */
  states(): readonly TargetHealth[] {
    const byId = Map.groupBy(this.#targets(), ({ id }) => id);
    return [...byId].map(([target, deployments]) => {
      const names = [...new Set(deployments.map(({ name }) => name))];
      const causes = deployments.flatMap((deployment) => this.#cooldowns.states(deployment));
      const [first] = deployments;
      return {
        target,
        provider: first!.provider,
        names,
        ...worstOf(causes),
        causes,
        successor: first!.successor?.id ?? null,
        pricing: first!.price ?? null,
        context_window: first!.contextWindow ?? null,
      };
    });
  }

  /**
   * Ends the cooldown of a target, and that of its provider key, for every deployment of it.
   * @param targetId `provider/upstream-model`
   * @returns whether there was one; `undefined` for a target that is not configured
   */
  lift(targetId: string): boolean | undefined {
    const deployments = [...this.#targets()].filter(({ id }) => id === targetId);
    if (deployments.length === 0) return undefined;
    return deployments.map((deployment) => this.#cooldowns.lift(deployment)).includes(true);
  }
}

function worstOf(causes: readonly CooldownState[]): Pick<TargetHealth, 'state' | 'because' | 'until'> {
  for (const state of WORST_FIRST) {
    const found = causes.filter((cause) => cause.state === state);
    const longest = found.sort((one, other) => (other.until ?? 0) - (one.until ?? 0))[0];
    if (longest) return { state, because: longest.because, ...(longest.until && { until: longest.until }) };
  }
  return { state: 'up' };
}
