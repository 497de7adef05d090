/** Each model as it stands: up or not, why, until when; how quick, how dear; and the way to end a cooldown. */
import { duration, money, Time, UNKNOWN, whole } from '../parts/format.js';
import { html } from '../parts/html.js';
import { describeKind, StateTag } from '../parts/kinds.js';

/** @param {{ targets: readonly import('../parts/reply.js').Row<'/models/health'>[], lift: (target: string) => void }} properties */
export function TargetTable({ targets, lift }) {
  return html`<div class="scroll" tabindex="0" role="group" aria-label="Models"><table class="targets">
    <thead><tr><th scope="col">Model</th><th scope="col">State</th><th scope="col">Last failures</th>
      <th scope="col" class="number">Median</th><th scope="col" class="number">95th</th><th scope="col" class="number">First token</th>
      <th scope="col" class="number">$ in</th><th scope="col" class="number">$ out</th><th scope="col" class="number">Window</th></tr></thead>
    <tbody>${targets.map((target) => html`<${Row} key=${target.target} target=${target} lift=${lift} />`)}</tbody>
  </table></div>
  <p class="hint">Median and 95th percentile of the durations, and median of the first token, in the last hour. Prices in dollars a million tokens.</p>`;
}

/** @param {{ target: import('../parts/reply.js').Row<'/models/health'>, lift: (target: string) => void }} properties */
function Row({ target, lift }) {
  const { state, because, until, successor, pricing, latency, context_window, last_failures, names } = target;
  const provider = target.target.split('/')[0] ?? '';
  return html`<tr data-target=${target.target}>
    <th scope="row"><span class="provider">${provider}</span> ${target.target.slice(provider.length + 1)}
      ${names.length > 0 && html`<span class="hint block">${names.join(', ')}${successor && html`; successor ${successor}`}</span>`}</th>
    <td><${StateTag} state=${state} />
      ${because && html` <span class="hint">${describeKind(because).words}${until && html`, until <${Time} at=${until} />`}</span>`}
      ${state !== 'up' && html` <button type="button" class="small quiet" onClick=${() => lift(target.target)} aria-label=${`Lift the cooldown of ${target.target}`}>Lift</button>`}</td>
    <td>${last_failures.length === 0 ? html`<span class="hint">none</span>` : html`<ul class="plain">${last_failures.map((failure) => html`<li><${Time} at=${failure.at} /> ${describeKind(failure.kind).words}</li>`)}</ul>`}</td>
    <td class="number" title=${latency ? `${whole(latency.requests)} requests` : undefined}>${duration(latency?.p50_ms)}</td>
    <td class="number">${duration(latency?.p95_ms)}</td>
    <td class="number">${duration(latency?.ttft_p50_ms)}</td>
    <td class="number">${pricing ? money(pricing.input) : UNKNOWN}</td>
    <td class="number">${pricing ? money(pricing.output) : UNKNOWN}</td>
    <td class="number">${whole(context_window)}</td>
  </tr>`;
}
