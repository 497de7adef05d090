import { existsSync } from 'node:fs';
import type { Config } from './config/config.ts';
import { changesBetween } from './config/config-changes.ts';
import type { Environment } from './config/environment.ts';
import { configPath } from './config/read-config-file.ts';
import { watchConfig } from './config/watch-config.ts';
import type { Events } from './events/event.ts';
import type { Gateway } from './gateway.ts';

/** The configuration a running server has: the newest valid one of its file. */
export interface LiveConfig {
  readonly current: Config;
  /** What is wrong with a newer configuration, which was not taken. */
  readonly problems: readonly string[];
  /** The path of the file, where there is one. */
  readonly file: string | undefined;
  /** Reads the file again, as an edit of it does. */
  reload(): Promise<void>;
  /** Follows the file no more. */
  close(): void;
}

interface LiveConfigDependencies {
  readonly gateway: Gateway;
  readonly events: Events;
  /** What is served of a configuration as it was read. */
  readonly asServed: (read: Config) => Config;
}

/** Has the gateway serve each valid edit of the file. @param first the configuration it serves already */
export function followConfig(
  environment: Environment,
  first: Config,
  { gateway, events, asServed }: LiveConfigDependencies,
): LiveConfig {
  let current = first;
  let problems: readonly string[] = [];
  const path = configPath(environment);
  const watching = watchConfig({
    environment,
    onConfig(read) {
      const next = asServed(read);
      const changes = changesBetween(current, next);
      current = next;
      problems = [];
      gateway.reconfigure(next);
      if (Object.values(changes).some((names) => names.length > 0))
        events.publish({ type: 'config_changed', changes: { ...changes } });
    },
    onProblems(found) {
      problems = found;
      events.publish({ type: 'config_rejected', problems });
    },
  });
  return {
    get current() {
      return current;
    },
    get problems() {
      return problems;
    },
    file: existsSync(path) ? path : undefined,
    reload: () => watching.reload(),
    close: () => watching.close(),
  };
}
