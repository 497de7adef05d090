import { LRUCache } from 'lru-cache';
import type { Claims } from '../../core/claims.ts';
import type { Clock } from '../../core/clock.ts';
import { atMost } from '../../core/entry-bound.ts';
import type { Subscriber } from '../../events/event.ts';
import type { ProxySettings } from '../../providers/proxy.ts';
import { type PostOptions, postJson } from '../post-json.ts';
import {
  type Alert,
  type AlertKind,
  type AlertSource,
  repeatAfterOf,
  type WebhookFormat,
  webhookBody,
} from './alert.ts';
import type { AlertRules } from './alert-rules.ts';
import { LEASE, sendOnce } from './send-once.ts';

/** Milliseconds between two looks at what lasts. */
const LOOK_EVERY = 5_000;
const TRIES = 6;
/** Things that have been told; the one not looked at for longest is told again. */
const MAX_TOLD = 2_000;
/** Alerts that wait for the webhook. */
const MAX_WAITING = 100;
/** Milliseconds within which several processes notice that something is over, also where the one that told of it has died. */
const RESOLVED_SILENCE = 120_000;
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
  /** Absent for one process alone. */
  readonly claims?: Claims | undefined;
  /** Told of what could not be sent. */
  readonly warn: (message: string) => void;
  /** Milliseconds; for tests. */
  readonly lookEvery?: number;
  readonly firstPause?: number;
  readonly lease?: number;
}

/** An alert that another process is sending, and when this one looks whether it did. */
interface Postponed {
  readonly alert: Alert;
  /** Milliseconds since the epoch. */
  readonly until: number;
}

/**
 * Tells a webhook of what a person should look at. Each thing is told once and then again only after a while; that it is
 * over is told where it was told before. Several processes agree through Redis, so that a team gets one message and not one
 * from each.
 */
export function alertSink(options: AlertSinkOptions): Subscriber {
  const { rules, clock, claims, lease = LEASE, repeatAfter, warn } = options;
  /** Until when nothing more is told of a thing, by `kind subject`; in milliseconds since the epoch. */
  const silentUntil = new LRUCache<string, number>(atMost(MAX_TOLD));
  const postponed = new LRUCache<string, Postponed>(atMost(MAX_TOLD));
  const end = new AbortController();
  const waiting: Alert[] = [];
  let sending: Promise<void> | undefined;

  const isNew = (alert: Alert): boolean => {
    const name = nameOf(alert);
    if (alert.state === 'resolved') return silentUntil.delete(name);
    if ((silentUntil.get(name) ?? 0) > clock.now()) return false;
    silentUntil.set(name, clock.now() + repeatAfterOf(alert, repeatAfter));
    return true;
  };
  const send = async (alert: Alert): Promise<void> => {
    const sending = () => sendAlert(alert, options, end.signal);
    if (!claims) return sending();
    const name = nameOf(alert);
    const silence = () =>
      alert.state === 'resolved' ? RESOLVED_SILENCE : (silentUntil.get(name) ?? 0) - clock.now();
    const outcome = await sendOnce(claims, {
      ...claimNames(alert, options.source),
      silence,
      send: sending,
      lease,
    });
    if (outcome.state === 'at work') postponed.set(name, { alert, until: clock.now() + lease });
    // This process tells of it where that one has died until then.
    else if (outcome.state === 'done' && alert.state === 'firing')
      silentUntil.set(name, clock.now() + outcome.milliseconds);
  };
  const sendAll = async () => {
    for (let alert = waiting.shift(); alert; alert = waiting.shift()) {
      try {
        await send(alert);
      } catch (error) {
        // It is told again when it is seen again.
        silentUntil.delete(nameOf(alert));
        warn(`An alert was not sent (${alert.title}): ${(error as Error).message}`);
      }
    }
    sending = undefined;
  };
  const enqueue = (alerts: readonly Alert[]) => {
    for (const alert of alerts) {
      if (waiting.length >= MAX_WAITING)
        warn(`An alert was not sent (${waiting.shift()!.title}): too many wait`);
      waiting.push(alert);
    }
    if (waiting.length > 0) sending ??= sendAll();
  };
  const tell = (alerts: readonly Alert[]) => {
    const told = alerts.filter(isNew);
    // What was the matter a moment ago is not any more.
    for (const alert of told) postponed.delete(nameOf(alert));
    enqueue(told);
  };
  const takeUpPostponed = () => {
    const due = [...postponed].filter(([, { until }]) => until <= clock.now());
    for (const [name] of due) postponed.delete(name);
    enqueue(due.map(([, { alert }]) => alert));
  };

  let isLooking = false;
  const look = async () => {
    if (isLooking) return;
    isLooking = true;
    tell(await rules.look(clock.now()).catch(() => []));
    takeUpPostponed();
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

/** What each host sees for itself is told by each: its own disk, its own way to the stores. */
const OF_EACH_HOST: ReadonlySet<AlertKind> = new Set(['ledger_failing', 'store_unavailable']);

/** What all processes that would send the same alert know it by. */
function claimNames(alert: Alert, { host }: AlertSource): { name: string; opposite: string } {
  const firing = OF_EACH_HOST.has(alert.kind) ? `${nameOf(alert)} ${host}` : nameOf(alert);
  const resolved = `${firing} resolved`;
  return alert.state === 'firing'
    ? { name: firing, opposite: resolved }
    : { name: resolved, opposite: firing };
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
