/** Every setting as it holds, and where it comes from, for people to look at: secrets are told to be set, and no more. */
import { PROVIDER_NAMES } from '../providers/registry.ts';
import type { ConfigFile } from './config-file-schema.ts';
import { type Environment, SETTING_NAMES, settingDefaults } from './environment.ts';
import { keyVariables } from './provider-credentials.ts';

/** One setting, as the page of settings shows it. */
export interface ReportedSetting {
  readonly name: string;
  /** As it is written; `set` for a secret; `null` where nothing is. */
  readonly value: string | null;
  readonly default: string | null;
  readonly source: 'environment' | 'file' | 'default' | 'unset';
  readonly secret: boolean;
}

/** What grants something to whoever knows it. */
const SECRET = /(?:^|_)(?:KEY|TOKEN|SECRET|PASSWORD|HEADERS)$/;
/** Addresses may hold a password, or be one: a webhook's. */
const ADDRESS = /(?:_URL|_PROXY|_ENDPOINT)$/;

/** All settings, and the keys of providers that are set, in the order of the documentation. */
export function settingsReport(file: ConfigFile, environment: Environment): ReportedSetting[] {
  const defaults = settingDefaults();
  const inFile = new Map(
    Object.entries(file.settings).map(([name, value]) => [name.toUpperCase(), String(value)]),
  );
  const keys = PROVIDER_NAMES.flatMap((provider) => keyVariables(provider));
  // A provider's key is listed where it is set: there are dozens that are not.
  const providerKeys = [...new Set(keys)].filter((name) => environment[name]);
  return [...SETTING_NAMES, ...providerKeys.filter((name) => !SETTING_NAMES.includes(name))].map((name) => {
    const [value, source] = environment[name]
      ? [environment[name], 'environment' as const]
      : inFile.has(name)
        ? [inFile.get(name), 'file' as const]
        : [defaults.get(name), defaults.has(name) ? ('default' as const) : ('unset' as const)];
    const isSecret = SECRET.test(name) || keys.includes(name);
    return {
      name,
      value: value === undefined ? null : isSecret ? 'set' : shown(name, value),
      default: isSecret ? null : (defaults.get(name) ?? null),
      source,
      secret: isSecret,
    };
  });
}

/** Without the user, password and query of an address; of a webhook only its host is told. */
function shown(name: string, value: string): string {
  if (!ADDRESS.test(name)) return value;
  if (!URL.canParse(value)) return value.includes('@') ? 'set' : value;
  const url = new URL(value);
  if (name.includes('WEBHOOK')) return `${url.protocol}//${url.host}/…`;
  url.username = '';
  url.password = '';
  url.search = '';
  url.hash = '';
  return url.href;
}
