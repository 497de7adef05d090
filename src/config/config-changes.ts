/** What a new configuration changes, in words for the log. */
import type { Config } from './config.ts';
import type { Settings } from './environment.ts';

/** Settings that are read at every request, so that a new value holds at once; all others need a restart. */
const LIVE: readonly (keyof Settings)[] = [
  'GUARDRAIL_PROMPT',
  'GUARDRAIL_DOORS',
  'RETRIES',
  'CONNECT_TIMEOUT',
  'FIRST_TOKEN_TIMEOUT',
  'IDLE_TIMEOUT',
  'ATTEMPT_TIMEOUT',
  'RETRY_AFTER_WAIT',
  'ROUTE_BUDGET',
];

/** Names alone: values may be secrets. */
export interface Changes {
  /** Names of models and chains that are new, gone or different. */
  readonly models: readonly string[];
  readonly chains: readonly string[];
  readonly settings: readonly string[];
  /** Settings whose new value holds after a restart. */
  readonly needRestart: readonly string[];
}

/** What differs, by value: a file that was only saved again changes nothing. */
export function changesBetween(before: Config, after: Config): Changes {
  const names = Object.keys(after.settings) as (keyof Settings)[];
  const settings = names.filter((name) => !isEqual(before.settings[name], after.settings[name]));
  return {
    models: [
      ...differences(before.targets, after.targets),
      ...differences(before.unusable, after.unusable).filter((name) => !before.targets.has(name)),
    ],
    chains: differences(before.chains, after.chains),
    settings: settings.filter((name) => LIVE.includes(name)),
    needRestart: settings.filter((name) => !LIVE.includes(name)),
  };
}

function differences(before: ReadonlyMap<string, unknown>, after: ReadonlyMap<string, unknown>): string[] {
  const names = new Set([...before.keys(), ...after.keys()]);
  return [...names].filter((name) => !isEqual(before.get(name), after.get(name)));
}

function isEqual(left: unknown, right: unknown): boolean {
  return JSON.stringify(left) === JSON.stringify(right);
}
