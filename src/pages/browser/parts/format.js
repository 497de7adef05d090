/** Numbers and times as people read them, each with its unit. */
import { html } from './html.js';

/** What stands where nothing is known: unknown is never shown as zero. */
export const UNKNOWN = '–';

/** @param {number | null | undefined} dollars @returns {string} */
export function money(dollars) {
  if (dollars === null || dollars === undefined) return UNKNOWN;
  if (dollars === 0) return '$0';
  const size = Math.abs(dollars);
  if (size >= 1000) return `$${group(dollars, 0)}`;
  if (size >= 0.0995) return `$${dollars.toFixed(2)}`;
  if (size >= 0.0001) return `$${dollars.toFixed(4)}`;
  return `$${Number(dollars.toPrecision(2)).toFixed(9).replace(/0+$/, '')}`;
}

/** @param {number | null | undefined} count @returns {string} `12 345` */
export function whole(count) {
  return count === null || count === undefined ? UNKNOWN : group(count, 0);
}

/** @param {number | null | undefined} count @returns {string} `12.3 k` */
export function short(count) {
  if (count === null || count === undefined) return UNKNOWN;
  for (const [size, unit] of /** @type {const} */ ([
    [1e9, 'G'],
    [1e6, 'M'],
    [1e4, 'k'],
  ])) {
    if (count >= size) {
      const scaled = count / (unit === 'k' ? 1e3 : size);
      return `${scaled.toFixed(scaled < 100 ? 1 : 0)} ${unit}`;
    }
  }
  return whole(count);
}

/** @param {number | null | undefined} milliseconds @returns {string} */
export function duration(milliseconds) {
  if (milliseconds === null || milliseconds === undefined) return UNKNOWN;
  if (milliseconds < 1000) return `${Math.round(milliseconds)} ms`;
  if (milliseconds < 60_000) return `${(milliseconds / 1000).toFixed(milliseconds < 10_000 ? 2 : 1)} s`;
  const minutes = Math.floor(milliseconds / 60_000);
  if (minutes < 60) return `${minutes} min ${Math.round((milliseconds % 60_000) / 1000)} s`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours} h ${minutes % 60} min` : `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

/** @param {number | null | undefined} part of 1 @returns {string} */
export function percent(part) {
  if (part === null || part === undefined || Number.isNaN(part)) return UNKNOWN;
  const hundredths = part * 100;
  return `${hundredths === 0 || hundredths >= 10 ? Math.round(hundredths) : hundredths.toFixed(1)} %`;
}

/** @param {number} value @param {number} digits @returns {string} */
function group(value, digits) {
  return value.toLocaleString('en-GB', { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

/**
 * A time in the reader's own zone, with UTC where the mouse rests and in what a screen reader can be asked for.
 * @param {{ at: string | null | undefined, dateOnly?: boolean }} properties
 */
export function Time({ at, dateOnly = false }) {
  if (!at) return UNKNOWN;
  const date = new Date(at);
  if (Number.isNaN(date.getTime())) return at;
  const isToday = date.toDateString() === new Date().toDateString();
  /** @type {Intl.DateTimeFormatOptions} */
  const day = {
    day: 'numeric',
    month: 'short',
    ...(date.getFullYear() !== new Date().getFullYear() && { year: 'numeric' }),
  };
  /** @type {Intl.DateTimeFormatOptions} */
  const clock = { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' };
  const shown = date.toLocaleString('en-GB', dateOnly ? day : isToday ? clock : { ...day, ...clock });
  return html`<time datetime=${date.toISOString()} title="${date
    .toISOString()
    .replace('T', ' ')
    .replace(/\.\d+Z/, '')} UTC">${shown}</time>`;
}

/** A target's name as one reads it: the provider, and the model without its maker's folder. @param {{ target: string }} properties */
export function TargetName({ target }) {
  const [provider = ''] = target.split('/');
  return html`<span class="target-name" title=${target}><span class="provider">${provider}</span> ${
    target
      .slice(provider.length + 1)
      .split('/')
      .at(-1) || target
  }</span>`;
}
