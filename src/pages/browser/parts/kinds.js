/** What became of a request, of one try, or of a model, in words and in a colour. */
import { classes, html } from './html.js';

/** @typedef {'good' | 'warn' | 'bad' | 'calm'} Tone */

/** @type {Record<string, [string, Tone]>} */
const KINDS = {
  ok: ['answered', 'good'],
  running: ['running', 'calm'],
  cooling: ['skipped: cooling down', 'calm'],
  hedge_lost: ['slower: stopped', 'calm'],
  invalid_request: ['invalid request', 'bad'],
  unauthorized: ['not authorized', 'bad'],
  rate_limited: ['over its rate limit', 'warn'],
  budget_exceeded: ['over its budget', 'warn'],
  upstream_bad_request: ['refused as invalid', 'bad'],
  target_refused: ['cannot take it', 'warn'],
  unsupported_parameter: ['cannot take a parameter', 'warn'],
  context_length_exceeded: ['prompt too long', 'warn'],
  content_filtered: ['content filter', 'bad'],
  upstream_unauthorized: ['key refused', 'bad'],
  upstream_quota: ['no credit', 'bad'],
  model_gone: ['model retired', 'warn'],
  upstream_rate_limited: ['rate limited', 'warn'],
  upstream_unavailable: ['unavailable', 'bad'],
  upstream_timeout: ['silent: timed out', 'bad'],
  upstream_malformed: ['broken reply', 'bad'],
  invalid_output: ['invalid output', 'bad'],
  no_target_available: ['nobody could answer', 'bad'],
  client_closed: ['caller hung up', 'calm'],
  overloaded: ['overloaded', 'bad'],
  internal: ['internal fault', 'bad'],
};

/** @param {string} kind @returns {{ words: string, tone: Tone }} */
export function describeKind(kind) {
  const [words, tone] = KINDS[kind] ?? [kind.replaceAll('_', ' '), 'bad'];
  return { words, tone };
}

/** @type {Record<string, [string, string]>} */
const VERDICTS = {
  hit: ['from the cache', 'This very question was answered before.'],
  'hit-semantic': ['from the cache, other words', 'The same question in other words was answered before.'],
  miss: ['not in the cache', 'It is now, for the next one who asks.'],
  bypass: ['cache not asked', 'The request or the configuration said so.'],
  coalesced: ['shared', 'The same question was being answered at that moment.'],
};

/** @param {string | null | undefined} verdict @returns {{ words: string, why: string }} */
export function describeCache(verdict) {
  const [words, why] = VERDICTS[verdict ?? ''] ?? [verdict ?? '–', ''];
  return { words, why };
}

/** @type {Record<string, [string, Tone]>} */
const STATES = {
  up: ['up', 'good'],
  failing: ['failing', 'warn'],
  probing: ['being tried again', 'warn'],
  cooling: ['cooling down', 'bad'],
  active: ['active', 'good'],
  blocked: ['blocked', 'warn'],
  expired: ['expired', 'calm'],
  revoked: ['revoked', 'calm'],
  ok: ['answered', 'good'],
  error: ['failed', 'bad'],
  refused: ['refused', 'warn'],
  closed: ['hung up', 'calm'],
};

/** @param {{ state: string, title?: string }} properties of a model, a key or a request */
export function StateTag({ state, title }) {
  const [words, tone] = STATES[state] ?? [state, 'calm'];
  return html`<span class=${classes('tag', tone)} title=${title}>${words}</span>`;
}
