/** Watches the configuration file: an edit that is valid is taken up while the server runs, one that is not is told. */
import { type Stats, statSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { turnForLargeWork } from '../core/large-work.ts';
import { type Config, loadConfig } from './config.ts';
import { ConfigurationError, type Environment } from './environment.ts';
import { parseApart } from './parse-apart.ts';
import { configPath } from './read-config-file.ts';

/**
 * Milliseconds between two looks at the file. It is looked at and not waited for: the system tells of every change in a
 * whole folder, where the database may be, too, and of none in some that containers share with their host.
 */
const LOOK_EVERY = 250;
/** Milliseconds of quiet after a change: editors write in several steps. */
const QUIET = 100;

/** What watches, until it is closed. */
export interface Watching {
  /** Reads the file again now. */
  reload(): Promise<void>;
  close(): void;
}

/** Where the file is, and who is told. */
export interface WatchOptions {
  readonly environment: Environment;
  /** Called with every configuration that is valid. */
  readonly onConfig: (config: Config) => void;
  /** Called with what is wrong with one that is not; the old one stays. */
  readonly onProblems: (problems: readonly string[]) => void;
}

/** Begins to watch. The file is looked at again and again: not every mount tells of changes. */
export function watchConfig({ environment, onConfig, onProblems }: WatchOptions): Watching {
  const path = resolve(configPath(environment));
  let timer: NodeJS.Timeout | undefined;
  let reading: Promise<void> = Promise.resolve();
  const read = async () => {
    try {
      const config = await loadConfig(environment, parseApart);
      await turnForLargeWork();
      onConfig(config);
    } catch (error) {
      onProblems(error instanceof ConfigurationError ? error.problems : [String((error as Error).message)]);
    }
  };
  // One after the other, so that an older reading never replaces a newer one.
  const reload = () => {
    reading = reading.then(read);
    return reading;
  };
  let known = stateOf(statSync(path, { throwIfNoEntry: false }));
  const look = async () => {
    const now = stateOf(await stat(path).catch(() => undefined));
    if (now === known) return;
    known = now;
    clearTimeout(timer);
    timer = setTimeout(() => void reload(), QUIET);
    timer.unref();
  };
  const looking = setInterval(look, LOOK_EVERY);
  looking.unref();
  return {
    reload,
    close() {
      clearTimeout(timer);
      clearInterval(looking);
    },
  };
}

/** The same until the file is written, or another takes its place, as editors do that save by renaming. */
function stateOf(found: Stats | undefined): string {
  return found ? `${found.ino} ${found.size} ${found.mtimeMs}` : 'no file';
}
