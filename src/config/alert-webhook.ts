/** Where alerts go, as the settings say. */
import type { ProxySettings } from '../providers/proxy.ts';
import { proxySettings, type Settings } from './environment.ts';

/** The address (a secret, with Slack), the form of what is sent there, and the proxies on the way. */
export interface AlertWebhook {
  readonly url: string;
  readonly format: 'json' | 'slack';
  readonly proxies: ProxySettings;
}

/** @returns nothing where there is nobody to tell */
export function alertWebhook(settings: Settings): AlertWebhook | undefined {
  const { ALERT_WEBHOOK_URL: url, ALERT_WEBHOOK_FORMAT: format } = settings;
  if (url === undefined) return undefined;
  const isSlack = new URL(url).hostname === 'hooks.slack.com';
  return { url, format: format ?? (isSlack ? 'slack' : 'json'), proxies: proxySettings(settings) };
}
