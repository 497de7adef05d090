/** A chain as it is walked: from left to right, until somebody answers. */
import { duration } from '../parts/format.js';
import { classes, html } from '../parts/html.js';
import { StateTag } from '../parts/kinds.js';

/** @param {{ chain: import('../parts/reply.js').Row<'/chains'>, states: ReadonlyMap<string, import('../parts/reply.js').Row<'/models/health'>> }} properties */
export function ChainPicture({ chain, states }) {
  return html`<section class="chain" aria-label=${`Chain ${chain.name}`}>
    <h3>${chain.name}${chain.is_default && html` <span class="tag">asked when no model is named</span>`}</h3>
    ${chain.aliases.length > 0 && html`<p class="hint">also ${chain.aliases.join(', ')}</p>`}
    <ol>
      ${chain.targets.map((target, at) => {
        const health = states.get(target);
        const provider = target.split('/')[0] ?? '';
        return html`<li class=${classes('chain-step', health?.state)} title=${target}>
          <span class="provider">${provider}</span>
          <span class="chain-model">${target.split('/').at(-1)}</span>
          ${health && html`<${StateTag} state=${health.state} />`}
          ${at === 0 && chain.hedge_after_ms && html`<span class="hint">after ${duration(chain.hedge_after_ms)} the next is asked beside it</span>`}
        </li>`;
      })}
    </ol>
  </section>`;
}
