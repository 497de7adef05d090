/** Every secret that the configuration holds, so that the log can leave them out. */
import type { Target } from '../providers/provider.ts';
import type { Environment } from './environment.ts';

const SECRET_NAME = /(?:KEY|TOKEN|SECRET|PASSWORD)$/;

/** @returns keys and tokens of the environment and of configured models, and passwords within addresses */
export function secretsOf(environment: Environment, targets: Iterable<readonly Target[]>): string[] {
  const named = Object.entries(environment).filter(([name]) => SECRET_NAME.test(name));
  const configured = [...targets]
    .flat()
    .flatMap(({ apiKey, headers }) => [apiKey, ...Object.values(headers)]);
  const passwords = Object.values(environment).map((value) => passwordIn(value ?? ''));
  return [...named.map(([, value]) => value), ...configured, ...passwords].filter((secret) =>
    Boolean(secret),
  ) as string[];
}

/** `postgres://user:password@host/…` */
function passwordIn(value: string): string | undefined {
  return /^[\w+.-]+:\/\/[^/@\s]*:([^/@\s]+)@/.exec(value)?.[1];
}
