/** The largest groups of one kind; each row is a filter. */

import { FILTER_DIMENSIONS } from '../parts/filters.js';
import { money, short, TargetName, whole } from '../parts/format.js';
import { classes, html } from '../parts/html.js';
import { nameOf } from './spend.js';

/** @typedef {import('../parts/filters.js').Dimension} Dimension */

/**
 * @param {{ rows: readonly import('./spend.js').UsageRow[] | undefined, other: import('./spend.js').Sums | null | undefined, dimension: Dimension, hasSwatches?: boolean, isLoading: boolean, choose: (value: string) => void }} properties
 */
export function TopTable({ rows, other, dimension, hasSwatches = false, isLoading, choose }) {
  const most = Math.max(0, ...(rows ?? []).map(({ cost_usd }) => cost_usd ?? 0));
  const { one, many } = FILTER_DIMENSIONS[dimension];
  return html`<table class=${classes('top-table', isLoading && 'stale')}>
    <caption class="visually-hidden">${many} by spend</caption>
    <thead><tr><th scope="col">${one}</th><th scope="col" class="number">Requests</th><th scope="col" class="number tokens">Tokens</th><th scope="col" class="number">Spend</th></tr></thead>
    <tbody>
      ${rows?.map((row, at) => {
        const name = nameOf(row, dimension);
        const value = row[dimension];
        const tokens = row.input_tokens + row.output_tokens;
        return html`<tr key=${value ?? ''}>
          <th scope="row">
            <span class="top-name">${hasSwatches && html`<i class=${`swatch series-${at + 1}`} aria-hidden="true"></i>`}
            ${value ? html`<button type="button" class="link" onClick=${() => choose(value)} title=${value}>${dimension === 'model' ? html`<${TargetName} target=${name} />` : name}</button>` : html`<span class="hint">${name}</span>`}</span>
            <i class="share" aria-hidden="true"><i style=${{ width: most > 0 ? `${((row.cost_usd ?? 0) / most) * 100}%` : '0' }}></i></i>
          </th>
          <td class="number">${whole(row.requests)}</td>
          <td class="number tokens">${short(tokens)}</td>
          <td class="number">${money(row.cost_usd)}${row.unpriced_requests ? html`<span title="Some requests have no known price"> +?</span>` : ''}</td>
        </tr>`;
      })}
      ${other && html`<tr><th scope="row">${hasSwatches && html`<i class="swatch series-8" aria-hidden="true"></i>`}<span class="hint">Others</span></th><td class="number">${whole(other.requests)}</td><td class="number tokens">${short(other.input_tokens + other.output_tokens)}</td><td class="number">${money(other.cost_usd)}</td></tr>`}
    </tbody>
  </table>`;
}
