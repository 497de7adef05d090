/** The numbers that matter, each against the time before. */
import { duration, money, percent, short, UNKNOWN } from '../parts/format.js';
import { classes, html } from '../parts/html.js';

/** @typedef {import('./spend.js').Sums} Sums */

/**
 * @typedef {object} Tile
 * @property {string} name
 * @property {(sums: Sums) => number | null} value
 * @property {(value: number | null) => string} format
 * @property {'up' | 'down' | undefined} better which way is good news
 */

/** @param {number} part @param {number} of @returns {number | null} */
function share(part, of) {
  return of > 0 ? part / of : null;
}

/** @type {readonly Tile[]} */
const TILES = [
  { name: 'Spend', value: ({ cost_usd }) => cost_usd, format: money, better: undefined },
  { name: 'Requests', value: ({ requests }) => requests, format: short, better: undefined },
  {
    name: 'Error rate',
    value: ({ errors, requests }) => share(errors, requests),
    format: percent,
    better: 'down',
  },
  { name: 'Median duration', value: ({ p50_ms }) => p50_ms, format: duration, better: 'down' },
  { name: '95th percentile', value: ({ p95_ms }) => p95_ms, format: duration, better: 'down' },
  {
    name: 'Median first token',
    value: ({ ttft_p50_ms }) => ttft_p50_ms,
    format: duration,
    better: 'down',
  },
  {
    name: 'Cache hits',
    value: ({ cache_hits, requests }) => share(cache_hits, requests),
    format: percent,
    better: 'up',
  },
  { name: 'Saved by the cache', value: ({ saved_usd }) => saved_usd, format: money, better: 'up' },
];

/** @param {{ now: Sums | undefined, before: Sums | undefined, words: string }} properties */
export function Tiles({ now, before, words }) {
  return html`<dl class="tiles" aria-label=${`Against ${words}`}>
    ${TILES.map(({ name, value, format, better }) => {
      const current = now && value(now);
      const earlier = before && value(before);
      return html`<div class="card tile">
        <dt>${name}</dt>
        <dd class="tile-value">${now ? format(current ?? null) : html`<span class="placeholder"></span>`}</dd>
        <dd class="hint"><${Change} now=${current} before=${earlier} better=${better} title=${`${words}: ${before ? format(earlier ?? null) : UNKNOWN}`} /></dd>
      </div>`;
    })}
  </dl>`;
}

/** @param {{ now: number | null | undefined, before: number | null | undefined, better: Tile['better'], title: string }} properties */
function Change({ now, before, better, title }) {
  if (typeof now !== 'number' || typeof before !== 'number' || before === 0)
    return html`<span title=${title}>nothing to compare</span>`;
  const change = now / before - 1;
  if (Math.abs(change) < 0.005) return html`<span title=${title}>as before</span>`;
  const way = change > 0 ? 'up' : 'down';
  const text = Math.abs(change) >= 10 ? `× ${(change + 1).toFixed(0)}` : percent(Math.abs(change));
  return html`<span class=${classes(better && (better === way ? 'good-text' : 'bad-text'))} title=${title}>
    <span aria-hidden="true">${way === 'up' ? '▲' : '▼'}</span><span class="visually-hidden">${way} by</span> ${text}
  </span>`;
}
