import { LRUCache } from 'lru-cache';
import type { Clock } from '../../core/clock.ts';
import type { Subscriber } from '../../events/event.ts';
import type { ProxySettings } from '../../providers/proxy.ts';
import { type PostOptions, postJson } from '../post-json.ts';
import { type Alert, type AlertSource, repeatAfterOf, type WebhookFormat, webhookBody } from './alert.ts';
import type { AlertRules } from './alert-rules.ts';

/** Milliseconds between two looks at what lasts. */
const LOOK_EVERY = 5_000;
const TRIES = 6;
/** Things that have been told; the one not looked at for longest is told again. */
const MAX_TOLD = 2_000;
/** Alerts that wait for the webhook. */
const MAX_WAITING = 100;
/** Milliseconds within which several processes notice that something is over. */
const RESOLVED_CLAIM = 60_000;
/** Milliseconds for what waits when the server ends. */
const CLOSING_TIME = 3_000;

/** Where alerts go, what makes them, and how often the same one is sent. */
export interface AlertSinkOptions {
  readonly url: string;
  readonly format: WebhookFormat;
  readonly source: AlertSource;
  readonly rules: AlertRules;
  /** Milliseconds after which a thing that goes on is told again. */
  readonly repeatAfter: number;
  readonly proxies: ProxySettings;
  readonly clock: Clock;
  /** True for the first process that claims a name, for so many milliseconds. Absent for one process alone. */
  readonly claim?: ((name: string, milliseconds: number) => Promise<boolean>) | undefined;
  /** Told of what could not be sent. */
  readonly warn: (message: string) => void;
  /** Milliseconds; for tests. */
  readonly lookEvery?: number;
  readonly firstPause?: number;
}

/**
 * Tells a webhook of what a person should look at. Each thing is told once and then again only after a while; that it is
 * over is told where it was told before. Several processes agree through Redis, so that a team gets one message and not one
 * from each.
 */
export function alertSink(options: AlertSinkOptions): Subscriber {
  const { rules, clock, claim, repeatAfter, warn } = options;
  /** When each thing was last told, by `kind subject`; in milliseconds since the epoch. */
  const told = new LRUCache<string, number>({ max: MAX_TOLD });
  /** What this process may tell on behalf of all, and until when. */
  const claimed = new LRUCache<string, number>({ max: MAX_TOLD });
  const end = new AbortController();
  const waiting: Alert[] = [];
  let sending: Promise<void> | undefined;

  const isNew = (alert: Alert): boolean => {
    const name = nameOf(alert);
    const last = told.get(name);
    if (alert.state === 'resolved') return told.delete(name);
    if (last !== undefined && clock.now() - last < repeatAfterOf(alert, repeatAfter)) return false;
    told.set(name, clock.now());
    return true;
  };
  const isOurs = async (alert: Alert): Promise<boolean> => {
    if (!claim) return true;
    const name = alert.state === 'resolved' ? `${nameOf(alert)} resolved` : nameOf(alert);
    if ((claimed.get(name) ?? 0) > clock.now()) return true;
    const milliseconds = alert.state === 'resolved' ? RESOLVED_CLAIM : repeatAfterOf(alert, repeatAfter);
    // Told twice is better than not at all.
    const isFirst = await claim(name, milliseconds).catch(() => true);
    if (isFirst) claimed.set(name, clock.now() + milliseconds);
    return isFirst;
  };
  const sendAll = async () => {
    for (let alert = waiting.shift(); alert; alert = waiting.shift()) {
      try {
        if (await isOurs(alert)) await sendAlert(alert, options, end.signal);
      } catch (error) {
        // It is told again when it is seen again.
        told.delete(nameOf(alert));
        warn(`An alert was not sent (${alert.title}): ${(error as Error).message}`);
      }
    }
    sending = undefined;
  };
  const tell = (alerts: readonly Alert[]) => {
    for (const alert of alerts) {
      if (!isNew(alert)) continue;
      if (waiting.length >= MAX_WAITING)
        warn(`An alert was not sent (${waiting.shift()!.title}): too many wait`);
      waiting.push(alert);
    }
    if (waiting.length > 0) sending ??= sendAll();
  };

  let isLooking = false;
  const look = async () => {
    if (isLooking) return;
    isLooking = true;
    tell(await rules.look(clock.now()).catch(() => []));
    isLooking = false;
  };
  const timer = setInterval(() => void look(), options.lookEvery ?? LOOK_EVERY).unref();

  return {
    name: 'alerts',
    listensTo: [
      'call_settled',
      'request_refused',
      'config_changed',
      'ledger_failing',
      'ledger_recovered',
      'ledger_row_lost',
      'store_unavailable',
      'store_available',
    ],
    // A webhook that hangs holds up nothing but alerts: what is counted is counted on.
    on: (events) => tell(events.flatMap((event) => rules.ofEvent(event))),
    async close() {
      clearInterval(timer);
      setTimeout(() => end.abort(), CLOSING_TIME).unref();
      await sending;
    },
  };
}

function nameOf({ kind, subject }: Alert): string {
  return `${kind} ${subject}`;
}

/** @throws {Error} when it was not taken, after several tries */
export async function sendAlert(
  alert: Alert,
  {
    url,
    format,
    source,
    clock,
    proxies,
    firstPause,
    onRetry,
  }: Omit<AlertSinkOptions, 'rules' | 'repeatAfter' | 'warn'> & Pick<PostOptions, 'onRetry'>,
  signal?: AbortSignal,
): Promise<void> {
  const body = webhookBody(alert, source, clock.now(), format);
  await postJson(url, body, {
    proxies,
    tries: TRIES,
    ...(signal && { signal }),
    ...(firstPause !== undefined && { firstPause }),
    ...(onRetry && { onRetry }),
  });
}
