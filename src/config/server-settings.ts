/** The settings of a server: those of its configuration file, and over them those of its environment. */
import type { ConfigFile } from './config-file-schema.ts';
import { type Environment, parseSettings, type Settings } from './environment.ts';

/** @throws {ConfigurationError} */
export function serverSettings(file: Pick<ConfigFile, 'settings'>, environment: Environment): Settings {
  const fromFile = Object.entries(file.settings).map(([name, value]) => [name.toUpperCase(), String(value)]);
  const set = Object.entries(environment).filter(([, value]) => value !== undefined && value !== '');
  return parseSettings({ ...Object.fromEntries(fromFile), ...Object.fromEntries(set) });
}
