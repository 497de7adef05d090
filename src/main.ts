/** Starts the server, says how to use it, and drains it on SIGTERM or SIGINT. */
import cluster from 'node:cluster';
import { existsSync } from 'node:fs';
import type { Logger } from 'pino';
import packageFile from '../package.json' with { type: 'json' };
import { alertWebhook } from './config/alert-webhook.ts';
import { type Config, loadConfig } from './config/config.ts';
import { ConfigurationError } from './config/environment.ts';
import { systemClock } from './core/clock.ts';
import { MAX_CLOSING_TIME } from './drain.ts';
import { makeLog } from './log.ts';
import { answerWorkers } from './metrics/all-workers.ts';
import { type RunningServer, startServer } from './server.ts';
import { answerErrorRates } from './sinks/alerts/error-rate-of-workers.ts';
import { onStopSignals } from './stop-signals.ts';
import { runWorkers, START_FAILED } from './workers.ts';

if (existsSync('.env')) (await import('dotenv')).default.config({ quiet: true });

if (cluster.isPrimary && Number(process.env.WORKERS) > 1) await serveWithWorkers();
else await serve();

/** What is wrong with the configuration is told once, and not by every worker. */
async function serveWithWorkers(): Promise<void> {
  try {
    const config = await loadConfig(process.env);
    const log = makeLog(config);
    log.info({ version: packageFile.version, workers: config.settings.WORKERS }, 'starting workers');
    if (config.settings.METRICS) answerWorkers();
    if (alertWebhook(config.settings)) answerErrorRates(systemClock);
    runWorkers(config.settings.WORKERS, log);
  } catch (error) {
    process.stderr.write(`${startProblem(error)}\n`);
    process.exit(1);
  }
}

async function serve(): Promise<void> {
  try {
    let log: Logger | undefined;
    const server = await startServer(process.env, (config) => {
      log = makeLog(config);
      return log;
    });
    // A fault in one request must not end the others. Before this point any fault ends the start.
    for (const event of ['unhandledRejection', 'uncaughtException'] as const)
      process.on(event, (error: unknown) => log?.error({ err: error }, `${event}: the server goes on`));
    log?.info(startFacts(server), 'listening');
    if (cluster.isPrimary || cluster.worker?.id === 1) process.stdout.write(banner(server));
    process.on('SIGHUP', () => void server.reload());
    const finish = (signal: string) => {
      const from = performance.now();
      log?.info({ signal, in_flight: server.inFlight() }, 'draining');
      setTimeout(() => process.exit(1), server.config.settings.DRAIN_TIMEOUT + MAX_CLOSING_TIME).unref();
      server.drain().then(
        () => {
          log?.info({ drained_ms: Math.round(performance.now() - from) }, 'stopped');
          process.exit(0);
        },
        () => process.exit(1),
      );
    };
    if (cluster.isPrimary) onStopSignals(finish, () => process.exit(1));
    else {
      // The terminal tells every process of a group, and service managers do; what a worker does is its primary's to say.
      process.once('SIGTERM', finish);
      for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, () => {});
    }
  } catch (error) {
    process.stderr.write(`${startProblem(error)}\n`);
    process.exit(cluster.isPrimary ? 1 : START_FAILED);
  }
}

function startProblem(error: unknown): string {
  if (error instanceof ConfigurationError) return error.message;
  if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') {
    return `Port ${process.env.PORT ?? 4000} is taken: stop what uses it, or set PORT to another.`;
  }
  return String((error as Error).stack ?? error);
}

/** What the log says of a start: enough to see what runs, and nothing secret. */
function startFacts({ url, config, demo }: RunningServer): object {
  const { settings, targets, unusable }: Config = config;
  const scheme = settings.DATABASE_URL.slice(0, settings.DATABASE_URL.indexOf(':'));
  const byAccess = settings.ADMIN_KEY ? 'keys' : settings.ALLOW_ANONYMOUS ? 'anonymous' : 'open';
  return {
    version: packageFile.version,
    url,
    mode: demo ? 'demo' : byAccess,
    database: scheme === 'postgres' ? 'postgresql' : scheme,
    redis: settings.REDIS_URL !== undefined,
    providers: [...new Set([...targets.values()].flat().map(({ provider }) => provider))],
    // What to set to have each; no keys of their own, which log stores would index by the names of models.
    left_out: [...unusable].map(([model, keys]) => `${model}: ${keys.join(' or ')}`),
  };
}

/** For people only; with JSON logs stdout belongs to the log. */
function banner({ url, config, demo }: RunningServer): string {
  const { settings, unusable } = config;
  if (settings.LOG_FORMAT === 'json' || (!process.stdout.isTTY && settings.LOG_FORMAT === undefined && !demo))
    return '';
  const lines = [`CodeLlama Server listens on ${url}`, ''];
  if (demo) {
    lines.push(
      'DEMO MODE: no provider key is set, so the built-in simulator answers. To go live, set at least one of',
      'TOGETHER_API_KEY, OPENAI_API_KEY, ANTHROPIC_API_KEY (in .env or the environment) and start again.',
      '',
      'Try it:           curl ' +
        `${url}/chat/completions -H 'content-type: application/json' -d '{"prompt": "hello world in Go"}'`,
      "See a fallback:   add -i -H 'x-simulate: together=429' and read x-attempts",
    );
  }
  for (const [model, keys] of unusable) lines.push(`${model} is left out: set ${keys[0]} to use it.`);
  if (!settings.ADMIN_KEY && !settings.ALLOW_ANONYMOUS) {
    lines.push('Open mode: only this machine is served. Set ADMIN_KEY to serve others.');
  }
  return `${lines.join('\n')}\n\n`;
}
