/** Watches the configuration file: an edit that is valid is taken up while the server runs, one that is not is told. */
import { type FSWatcher, watch } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { type Config, loadConfig } from './config.ts';
import { ConfigurationError, type Environment } from './environment.ts';
import { configPath } from './file.ts';

/** Milliseconds of quiet after a change: editors write in several steps. */
const QUIET = 100;

export interface Watching {
  /** Reads the file again now. */
  reload(): Promise<void>;
  close(): void;
}

export interface WatchOptions {
  readonly environment: Environment;
  /** Called with every configuration that is valid. */
  readonly onConfig: (config: Config) => void;
  /** Called with what is wrong with one that is not; the old one stays. */
  readonly onProblems: (problems: readonly string[]) => void;
}

export function watchConfig({ environment, onConfig, onProblems }: WatchOptions): Watching {
  const path = resolve(configPath(environment));
  let timer: NodeJS.Timeout | undefined;
  let reading: Promise<void> = Promise.resolve();
  const read = async () => {
    try {
      onConfig(await loadConfig(environment));
    } catch (error) {
      onProblems(error instanceof ConfigurationError ? error.problems : [String((error as Error).message)]);
    }
  };
  // One after the other, so that an older reading never replaces a newer one.
  const reload = () => {
    reading = reading.then(read);
    return reading;
  };
  const watcher = watchFolder(dirname(path), (name) => {
    if (name !== null && name !== basename(path)) return;
    clearTimeout(timer);
    timer = setTimeout(() => void reload(), QUIET);
    timer.unref();
  });
  return {
    reload,
    close() {
      clearTimeout(timer);
      watcher?.close();
    },
  };
}

/** The folder and not the file: an editor that saves by renaming leaves a watched file behind. */
function watchFolder(folder: string, onChange: (name: string | null) => void): FSWatcher | undefined {
  try {
    const watcher = watch(folder, { persistent: false }, (_event, name) => onChange(name));
    watcher.on('error', () => watcher.close());
    return watcher;
  } catch {
    // No such folder, or no more watches to be had: SIGHUP still reloads.
    return undefined;
  }
}
