/** The time that is looked at: a choice of three, or any days. */
import { AddressField } from './address-field.js';
import { classes, html } from './html.js';

/**
 * @typedef {object} Range
 * @property {string} from ISO 8601, or a day
 * @property {string} to
 * @property {string | undefined} beforeFrom of the time before it that is as long
 * @property {string | undefined} beforeTo
 * @property {'hour' | 'day' | 'week'} bucket
 * @property {string} words
 */

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** The browser's own, in which days are counted. */
export const TIME_ZONE = Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC';

const CHOICES = /** @type {const} */ ({ '24h': '24 hours', '7d': '7 days', '30d': '30 days', free: 'Free' });

/**
 * Days are those of the reader's own zone; the time before goes to the same time of day, so that half a day is not compared
 * with a whole one.
 * @param {Record<string, string>} address `range`, and `from` and `to` for any days
 * @param {number} now
 * @returns {Range}
 */
export function rangeOf({ range = '24h', from, to }, now) {
  if (range === 'free' && from && to && from <= to) {
    const days = Math.round((Date.parse(to) - Date.parse(from)) / DAY) + 1;
    return {
      from,
      to,
      beforeFrom: shiftDay(from, -days),
      beforeTo: shiftDay(from, -1),
      bucket: days <= 2 ? 'hour' : days <= 100 ? 'day' : 'week',
      words: `the ${days === 1 ? 'day' : `${days} days`} before`,
    };
  }
  const days = range === '7d' ? 7 : range === '30d' ? 30 : 1;
  const began = days === 1 ? fullHour(now) - 23 * HOUR : midnight(now, days - 1);
  const iso = (/** @type {number} */ at) => new Date(at).toISOString();
  return {
    from: iso(began),
    to: iso(now),
    beforeFrom: iso(began - days * DAY),
    beforeTo: iso(now - days * DAY),
    bucket: days === 1 ? 'hour' : 'day',
    words: days === 1 ? 'the 24 hours before' : `the ${days} days before`,
  };
}

/** As clocks show it: in some zones that is a half hour of UTC. @param {number} now @returns {number} */
function fullHour(now) {
  return new Date(now).setMinutes(0, 0, 0);
}

/** @param {number} now @param {number} daysAgo @returns {number} */
function midnight(now, daysAgo) {
  const date = new Date(now);
  date.setHours(0, 0, 0, 0);
  date.setDate(date.getDate() - daysAgo);
  return date.getTime();
}

/** @param {string} day `2026-11-26` @param {number} by @returns {string} */
function shiftDay(day, by) {
  return new Date(Date.parse(day) + by * DAY).toISOString().slice(0, 10);
}

/** @param {number} at @returns {string} the day in the reader's zone */
function dayOf(at) {
  const date = new Date(at);
  return new Date(at - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 10);
}

/** @param {{ address: Record<string, string>, change: (changes: Record<string, string | undefined>) => void }} properties */
export function RangePicker({ address, change }) {
  const range = address.range ?? '24h';
  /** @param {string} chosen */
  const choose = (chosen) => {
    if (chosen !== 'free')
      return change({ range: chosen === '24h' ? undefined : chosen, from: undefined, to: undefined });
    change({ range: 'free', from: dayOf(Date.now() - 6 * DAY), to: dayOf(Date.now()) });
  };
  return html`<div class="range">
    <fieldset class="segmented"><legend class="visually-hidden">Time</legend>
      ${Object.entries(CHOICES).map(([id, name]) => html`<label><input type="radio" name="range" value=${id} checked=${range === id} onChange=${() => choose(id)} />${name}</label>`)}
    </fieldset>
    <span class=${classes('range-days', range !== 'free' && 'hidden')}>
      <${AddressField} type="date" aria-label="From" value=${address.from} max=${address.to} enter=${(/** @type {string} */ day) => day && change({ from: day })} />
      <span aria-hidden="true">–</span>
      <${AddressField} type="date" aria-label="To" value=${address.to} min=${address.from} enter=${(/** @type {string} */ day) => day && change({ to: day })} />
    </span>
  </div>`;
}
