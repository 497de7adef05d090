/**
 * `npm run doctor`: asks each configured model's provider, with the keys at hand, whether the model is there. With
 * `--call` also asks the model for one token, which costs next to nothing and shows what a list does not.
 */
import { hostname } from 'node:os';
import { parseArgs } from 'node:util';
import dotenv from 'dotenv';
import packageFile from '../../package.json' with { type: 'json' };
import { checkGptCache } from '../cache/gptcache/check.ts';
import { alertWebhook } from '../config/alert-webhook.ts';
import { type Config, loadConfig } from '../config/config.ts';
import { ConfigurationError, proxySettings } from '../config/environment.ts';
import { systemClock } from '../core/clock.ts';
import { classify } from '../failures/classify.ts';
import { failureTable } from '../failures/failure-table.ts';
import type { Target } from '../providers/provider.ts';
import { Providers } from '../providers/registry.ts';
import { Transport } from '../providers/transport.ts';
import type { Alert } from '../sinks/alerts/alert.ts';
import { sendAlert } from '../sinks/alerts/alert-sink.ts';
import { calledAs } from './called-as.ts';
import { lookUp } from './model-list.ts';

const HELP = `${calledAs('doctor', '[--call] [--json] [--alert]')}

Says of each configured model: live, retired, unauthorised, no credit, or what else is wrong. Ends with 1 when a model
that has a key cannot answer, nor a successor in its place.
  --call   also asks each model for one token
  --json   one JSON object a line
  --alert  sends a test alert to ALERT_WEBHOOK_URL, and does nothing else`;

const TEST_ALERT: Alert = {
  kind: 'test',
  subject: 'doctor',
  severity: 'warning',
  state: 'firing',
  title: 'This is a test',
  detail: `It was sent by \`${calledAs('doctor', '--alert')}\`: alerts arrive here.`,
};

/** Milliseconds for each provider. */
const REQUEST_TIMEOUT = 20_000;

interface Finding {
  readonly model: string;
  readonly target: string;
  readonly state: string;
  readonly detail: string;
  readonly isFine: boolean;
}

async function examine(
  target: Target,
  parts: { transport: Transport; providers: Providers; call: boolean },
): Promise<Finding> {
  const finding = (state: string, detail = '', isFine = true): Finding => ({
    model: target.name,
    target: target.id,
    state,
    detail,
    isFine,
  });
  try {
    const listed = await lookUp(target, parts.transport, AbortSignal.timeout(REQUEST_TIMEOUT));
    if (listed && !listed.isListed) return finding('retired', 'not in its provider’s list of models', false);
    if (parts.call) await callOnce(target, parts.providers);
    if (listed?.shutdownDate)
      return finding('live', `its provider switches it off on ${listed.shutdownDate}`);
    return finding(
      listed || parts.call ? 'live' : 'unknown',
      listed ? '' : 'its provider has no list: use --call',
    );
  } catch (error) {
    const { kind, message } = classify(error, Date.now());
    return finding(STATES[kind] ?? kind, message, failureTable[kind].isWorthWaitingFor === true);
  }
}

const STATES: Readonly<Record<string, string>> = {
  model_gone: 'retired',
  upstream_unauthorized: 'unauthorised',
  upstream_quota: 'no credit',
  upstream_rate_limited: 'live, rate limited',
  upstream_unavailable: 'not reachable',
  upstream_timeout: 'not reachable',
};

async function callOnce(target: Target, providers: Providers): Promise<void> {
  const request = {
    messages: [{ role: 'user' as const, content: 'Say yes.' }],
    max_tokens: 1,
    stream: false,
  };
  await providers
    .get(target.provider)
    .send(request, target, { signal: AbortSignal.timeout(REQUEST_TIMEOUT) });
}

async function examineAll({ targets, settings }: Config, call: boolean): Promise<Finding[]> {
  const proxies = proxySettings(settings);
  const parts = { transport: new Transport(proxies), providers: new Providers(proxies), call };
  try {
    const all = [...targets.values()].flat();
    const findings = await Promise.all(
      all.map(async (target) => {
        const finding = await examine(target, parts);
        if (finding.state !== 'retired' || !target.successor) return [finding];
        const successor = await examine(target.successor, parts);
        // The chain is served when the successor is.
        return [
          { ...finding, isFine: successor.isFine, detail: `${finding.detail}; its successor answers` },
          successor,
        ];
      }),
    );
    return findings.flat();
  } finally {
    await Promise.all([parts.transport.close(), parts.providers.close()]);
  }
}

/** @returns whether it works */
async function examineGptCache(url: string): Promise<boolean> {
  const { isWorking, text } = await checkGptCache({ url, fetch, clock: systemClock });
  process.stdout.write(`${isWorking ? '✓' : '✗'} GPTCache at ${url}: it ${text}\n`);
  return isWorking;
}

async function testAlert({ settings }: Config): Promise<void> {
  const webhook = alertWebhook(settings);
  try {
    if (!webhook) throw new Error('ALERT_WEBHOOK_URL is not set, so there is nobody to alert');
    const source = { host: hostname(), version: packageFile.version };
    const onRetry = (problem: string) =>
      process.stderr.write(`… The test alert was not taken yet: ${problem}. It is sent again.\n`);
    await sendAlert(TEST_ALERT, { ...webhook, source, clock: systemClock, onRetry });
    process.stdout.write('✓ The test alert was taken.\n');
  } catch (error) {
    process.stderr.write(`✗ The test alert was not taken: ${(error as Error).message}.\n`);
    process.exitCode = 1;
  }
}

async function main(): Promise<void> {
  dotenv.config({ quiet: true });
  const { values } = parseArgs({
    options: {
      call: { type: 'boolean' },
      json: { type: 'boolean' },
      alert: { type: 'boolean' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help) return void process.stdout.write(`${HELP}\n`);
  const config = await loadConfig(process.env);
  if (values.alert) return testAlert(config);
  const findings = await examineAll(config, values.call ?? false);
  for (const { isFine, ...finding } of findings) {
    const line = values.json
      ? JSON.stringify({ ...finding, fine: isFine })
      : `${isFine ? '✓' : '✗'} ${finding.model.padEnd(24)} ${finding.target.padEnd(48)} ${finding.state}${finding.detail ? `: ${finding.detail}` : ''}`;
    process.stdout.write(`${line}\n`);
  }
  for (const [name, keys] of config.unusable)
    if (!values.json) process.stdout.write(`- ${name.padEnd(24)} no key: set ${keys.join(' or ')}\n`);
  if (config.settings.GPTCACHE_URL && !(await examineGptCache(config.settings.GPTCACHE_URL)))
    process.exitCode = 1;
  if (findings.length === 0) process.stderr.write('No model has a key: there is nothing to examine.\n');
  if (findings.length === 0 || findings.some(({ isFine }) => !isFine)) process.exitCode = 1;
}

try {
  await main();
} catch (error) {
  if (!(error instanceof ConfigurationError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
