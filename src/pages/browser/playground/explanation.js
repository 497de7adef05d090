/** What would become of the question if it were sent now. Nothing is sent for it, and nothing is paid. */
import { duration, money, UNKNOWN, whole } from '../parts/format.js';
import { html } from '../parts/html.js';
import { StateTag } from '../parts/kinds.js';
import { ErrorNote } from '../parts/load.js';

/** @param {{ explanation: import('../parts/reply.js').ApiReply<'POST', '/v1/explain'> | undefined, error: Error | undefined, close: () => void }} properties */
export function ExplanationCard({ explanation, error, close }) {
  return html`<section class="card explanation" aria-label="What would happen">
    <header class="card-head"><h2>What would happen</h2><button type="button" class="quiet small" onClick=${close}>Close</button></header>
    <${ErrorNote} error=${error} />
    ${explanation && html`<${Body} explanation=${explanation} />`}
  </section>`;
}

/** @param {{ explanation: import('../parts/reply.js').ApiReply<'POST', '/v1/explain'> }} properties */
function Body({ explanation: { targets, tokens, cache, admission, guard, would_ask, chain } }) {
  const isCached = cache.exact === 'hit' || cache.semantic === 'hit';
  const verdict =
    admission.verdict === 'refused'
      ? `It would be refused: ${admission.error?.message ?? `the limit ${admission.limit}`}`
      : isCached
        ? 'It would be answered from the cache.'
        : would_ask
          ? `${would_ask} would be asked first.`
          : 'Nobody would be asked: no model of the chain can take it now.';
  return html`<p class="verdict">${verdict}</p>
    <div class="scroll" tabindex="0" role="group" aria-label="Models in their order"><table>
      <thead><tr><th scope="col">${chain}</th><th scope="col">State</th><th scope="col">Takes it</th><th scope="col" class="number">Expected</th><th scope="col" class="number">At most</th></tr></thead>
      <tbody>${targets.map(
        (target) => html`<tr>
          <th scope="row">${target.target}</th>
          <td><${StateTag} state=${target.state} />${target.recovers_in_s > 0 && html` <span class="hint">for ${duration(target.recovers_in_s * 1000)}</span>`}</td>
          <td>${takesIt(target)}</td>
          <td class="number">${money(target.expected_usd)}</td>
          <td class="number">${money(target.worst_case_usd)}</td>
        </tr>`,
      )}</tbody>
    </table></div>
    <dl class="facts">
      <div><dt>Tokens to read</dt><dd>${tokens.exact ? '' : '≈ '}${whole(tokens.input)}</dd></div>
      <div><dt>Cache</dt><dd>${isCached ? 'hit' : cache.exact}</dd></div>
      <div><dt>Guardrail</dt><dd>${guard.guardrail ? 'added' : 'none'}</dd></div>
      <div><dt>Left of the budget</dt><dd>${admission.remaining.budget_usd === undefined ? UNKNOWN : money(admission.remaining.budget_usd)}</dd></div>
    </dl>`;
}

/** @param {import('../parts/reply.js').ApiReply<'POST', '/v1/explain'>['targets'][number]} target @returns {any} */
function takesIt({ refuses, drops, emulates, window_ok }) {
  if (refuses) return html`<span class="tag warn">no</span> <span class="hint">${refuses}</span>`;
  const notes = [
    window_ok === false && 'prompt and longest answer do not both fit its window',
    drops.length > 0 && `without ${drops.join(', ')}`,
    emulates.length > 0 && `emulates ${emulates.join(', ')}`,
  ].filter(Boolean);
  return html`yes${notes.length > 0 && html` <span class="hint">${notes.join('; ')}</span>`}`;
}
