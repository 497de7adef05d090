/** LiteLLM's settings as ours, where there is a counterpart; what is a secret or a place is told as a variable to set. */
import type { LitellmConfig } from './litellm-config.ts';
import { Section } from './section.ts';
import { atMostRetries } from './translate-deployment.ts';

/** Read where models, chains and aliases are made. */
const READ_ELSEWHERE = [
  ...['fallbacks', 'context_window_fallbacks', 'default_fallbacks', 'routing_strategy', 'model_group_alias'],
] as const;

/**
 * @param notes told what has no counterpart, and what must be set outside the file
 * @returns the part `settings` of our configuration file
 */
export function translateSettings(config: LitellmConfig, notes: string[]): Record<string, unknown> {
  const { general_settings: general } = config;
  // Both parts are of the same server, and the router's counts more.
  const all = new Section(
    { ...config.litellm_settings, ...config.router_settings },
    '… of the settings',
    notes,
  );
  all.ignore(...READ_ELSEWHERE);
  const settings = {
    ...retriesAndTimes(all, notes),
    ...cacheSettings(all, notes),
  };
  if (all.value('drop_params') === true)
    notes.push(
      'drop_params: what a provider cannot take is always left out here, and named in x-dropped-params.',
    );
  const callbacks = ['success_callback', 'failure_callback', 'callbacks'].flatMap((name) =>
    [all.value(name) ?? []].flat(),
  );
  for (const callback of new Set(callbacks.map(String)))
    notes.push(
      `The callback ${callback}: see docs/configuration.md for the sinks there are here and the variables that switch them on.`,
    );
  const server = new Section(general, '… of general_settings', notes);
  if (server.value('master_key')) notes.push('Set ADMIN_KEY: it takes the place of master_key.');
  if (server.value('database_url'))
    notes.push(
      'Set DATABASE_URL to a PostgreSQL of its own. Virtual keys do not come along, as only their hashes are kept: make new ones (the command `keys`).',
    );
  all.tellTheRest();
  server.tellTheRest();
  return settings;
}

function retriesAndTimes(all: Section, notes: string[]): Record<string, unknown> {
  const retries = all.number('num_retries');
  const other = all.number('timeout');
  const timeout = all.number('request_timeout') ?? other;
  const cooldown = all.number('cooldown_time');
  const allowed = all.number('allowed_fails');
  return {
    ...(retries !== undefined && { retries: atMostRetries(retries, 'num_retries', notes) }),
    ...(timeout && { attempt_timeout: `${timeout}s` }),
    ...(cooldown && { cooldown: `${cooldown}s` }),
    ...(allowed && { allowed_failures: Math.round(allowed) }),
  };
}

/** There nothing is cached unless it is asked for, and here nothing is unless it is forbidden. */
function cacheSettings(all: Section, notes: string[]): Record<string, unknown> {
  const isWanted = all.value('cache');
  const cache = new Section(all.record('cache_params'), '… of cache_params', notes);
  const type = cache.text('type');
  const isRedis = [all.value('redis_host'), all.value('redis_url'), type === 'redis'].some(Boolean);
  if (isRedis) notes.push('Set REDIS_URL: limits, cooldowns and cached answers are shared by it.');
  all.ignore('redis_port', 'redis_password');
  cache.ignore('host', 'port', 'password', 'url', 'mode');
  if (type && !['redis', 'local'].includes(type))
    notes.push(
      `A cache of the type ${type} is not there: answers are cached in memory, and in Redis with REDIS_URL.`,
    );
  const ttl = cache.number('ttl');
  cache.tellTheRest();
  if (isWanted === false) return { cache_ttl: '0s' };
  if (!isWanted)
    notes.push(
      'Identical requests of one caller are answered from a cache for an hour: CACHE_TTL=0 turns that off.',
    );
  return ttl ? { cache_ttl: `${ttl}s` } : {};
}
