/** Requests in rows, each with a button that opens it. */
import { duration, money, TargetName, Time, UNKNOWN, whole } from './format.js';
import { classes, html } from './html.js';
import { describeCache, describeKind, StateTag } from './kinds.js';

/**
 * @param {{ rows: readonly import('./reply.js').Row<'/requests'>[], open: (id: string) => void, openId?: string, hasKeys?: boolean }} properties
 * `hasKeys`: whose requests they are is worth a column
 */
export function RequestTable({ rows, open, openId, hasKeys = true }) {
  return html`<div class="scroll" tabindex="0" role="group" aria-label="Requests"><table class="requests">
    <thead><tr>
      <th scope="col">Time</th><th scope="col">Outcome</th><th scope="col">Model</th>
      ${hasKeys && html`<th scope="col">Key</th>`}<th scope="col" class="wide-only">User, agent</th>
      <th scope="col" class="number">Tokens in</th><th scope="col" class="number">Out</th><th scope="col" class="number">Cost</th>
      <th scope="col" class="number">First token</th><th scope="col" class="number">Whole</th>
    </tr></thead>
    <tbody>${rows.map((row) => html`<${Row} key=${row.id} row=${row} open=${open} isOpen=${row.id === openId} hasKeys=${hasKeys} />`)}</tbody>
  </table></div>`;
}

/** @param {{ row: import('./reply.js').Row<'/requests'>, open: (id: string) => void, isOpen: boolean, hasKeys: boolean }} properties */
function Row({ row, open, isOpen, hasKeys }) {
  const isCall = row.kind === 'call';
  const cache =
    row.cache === 'hit' || row.cache === 'hit-semantic' || row.cache === 'coalesced'
      ? describeCache(row.cache)
      : undefined;
  return html`<tr class=${classes('clickable', isOpen && 'selected')} onClick=${() => open(row.id)}>
    <th scope="row"><button type="button" class="link" onClick=${(/** @type {Event} */ event) => {
      event.stopPropagation();
      open(row.id);
    }}><${Time} at=${row.at} /></button></th>
    <td><${StateTag} state=${row.outcome} title=${`${row.status ?? ''}`} />
      ${row.error && html` <span class="hint">${describeKind(row.error).words}</span>`}
      ${row.stitched && html` <span class="tag" title="Continued by another model after a break">rescued</span>`}
      ${!row.stitched && row.attempts > 1 && row.outcome === 'ok' && html` <span class="tag" title="Not the first that was tried">${row.attempts} tries</span>`}
      ${cache && html` <span class="tag" title=${cache.why}>${cache.words}</span>`}</td>
        <td>${row.model ? html`<${TargetName} target=${row.model} />` : (row.path ?? row.chain ?? UNKNOWN)}</td>
    ${hasKeys && html`<td>${row.key?.alias ?? row.key?.id ?? UNKNOWN}</td>`}
    <td class="wide-only">${[row.user, row.agent].filter(Boolean).join(', ') || UNKNOWN}</td>
    <td class="number">${isCall ? whole(row.input_tokens) : UNKNOWN}</td>
    <td class="number">${isCall ? `${row.estimated ? '≈ ' : ''}${whole(row.output_tokens)}` : UNKNOWN}</td>
    <td class="number keep">${isCall ? money(row.cost_usd) : UNKNOWN}</td>
    <td class="number">${duration(row.ttft_ms)}</td>
    <td class="number keep">${duration(row.duration_ms)}</td>
  </tr>`;
}
