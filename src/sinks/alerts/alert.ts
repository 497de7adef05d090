/** Something that a person should look at, and the forms in which a webhook is told of it. */
import { DAY } from '../../core/durations.ts';

/** What happened; receivers route by it. */
export type AlertKind =
  | 'budget'
  | 'provider_key_refused'
  | 'model_retired'
  | 'chain_down'
  | 'ledger_failing'
  | 'store_unavailable'
  | 'error_rate'
  | 'test';

/** One message to a person. */
export interface Alert {
  readonly kind: AlertKind;
  /** What it is about: of one subject an alert of a kind is told once in a while. */
  readonly subject: string;
  readonly severity: 'warning' | 'critical';
  /** `resolved`: it was told before and is over. */
  readonly state: 'firing' | 'resolved';
  /** One sentence. */
  readonly title: string;
  /** What to do, or what more there is to say. */
  readonly detail: string;
}

/** Milliseconds: things that change slowly are told again after a week at the earliest. */
const WEEK = 7 * DAY;
const SLOW: ReadonlySet<AlertKind> = new Set(['budget', 'model_retired']);

/** @param usual milliseconds after which what goes on is told again */
export function repeatAfterOf({ kind }: Alert, usual: number): number {
  return SLOW.has(kind) ? Math.max(usual, WEEK) : usual;
}

/** Which server says so. */
export interface AlertSource {
  readonly host: string;
  readonly version: string;
}

/** JSON with the fields of an {@link Alert}, or a message for a Slack webhook. */
export type WebhookFormat = 'json' | 'slack';

/** @param at milliseconds since the epoch */
export function webhookBody(alert: Alert, source: AlertSource, at: number, format: WebhookFormat): object {
  if (format === 'slack') return slackBody(alert, source);
  return { source: 'codellama-server', ...source, at: new Date(at).toISOString(), ...alert };
}

/** https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks */
function slackBody({ state, severity, title, detail }: Alert, { host }: AlertSource): object {
  const sign =
    state === 'resolved' ? ':white_check_mark:' : severity === 'critical' ? ':rotating_light:' : ':warning:';
  const text = `${sign} ${state === 'resolved' ? 'Resolved: ' : ''}${escaped(title)}`;
  return {
    text,
    blocks: [
      { type: 'section', text: { type: 'mrkdwn', text: `*${text}*\n${escaped(detail)}` } },
      { type: 'context', elements: [{ type: 'mrkdwn', text: `CodeLlama Server on ${escaped(host)}` }] },
    ],
  };
}

/** The three characters that mean something to Slack: a name may hold them. */
function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
