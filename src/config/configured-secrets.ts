import type { Target } from '../providers/provider.ts';
import { PROVIDER_NAMES } from '../providers/registry.ts';
import { passwordsOf, secretsOf } from '../providers/target-secrets.ts';
import type { Environment, Settings } from './environment.ts';
import { keyVariables } from './provider-credentials.ts';

/** Every secret of a configuration, so that the log can take them out of what others say. */
export function configuredSecrets(
  settings: Settings,
  targets: Iterable<readonly Target[]>,
  environment: Environment,
): string[] {
  const names = PROVIDER_NAMES.flatMap((provider) => keyVariables(provider));
  const secrets = [
    settings.ADMIN_KEY,
    settings.METRICS_TOKEN,
    // Who has the address of a Slack webhook can write there.
    settings.ALERT_WEBHOOK_URL,
    ...headerValues(settings.OTEL_EXPORTER_OTLP_HEADERS),
    settings.PROMPTLAYER_API_KEY,
    settings.LANGFUSE_SECRET_KEY,
    settings.GPTCACHE_SECRET,
    ...passwordsOf(settings.DATABASE_URL),
    ...passwordsOf(settings.REDIS_URL),
    ...names.map((name) => environment[name]),
    ...[...targets].flat().flatMap(secretsOf),
  ];
  return [...new Set(secrets.filter((secret) => secret !== undefined))];
}

/** @param headers `name=value,name=value`, values percent-encoded, as OpenTelemetry has them; they are keys mostly */
function headerValues(headers = ''): string[] {
  return headers.split(',').flatMap((header) => {
    const value = header.slice(header.indexOf('=') + 1).trim();
    return value === '' ? [] : [value, ...value.split('%20')];
  });
}
