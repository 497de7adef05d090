/** One answer: its words as they come, then how it came about and what it cost. */
import { CopyButton } from '../parts/copy.js';
import { duration, money, UNKNOWN, whole } from '../parts/format.js';
import { classes, html } from '../parts/html.js';
import { describeCache } from '../parts/kinds.js';
import { Empty } from '../parts/load.js';
import { Markdown } from '../parts/markdown.js';
import { parseAttempts, Waterfall } from '../parts/waterfall.js';

/**
 * @typedef {object} Run one asking of one model
 * @property {'running' | 'done' | 'failed' | 'stopped'} state
 * @property {import('./ask.js').Asked | undefined} asked
 * @property {Error & { requestId?: string, code?: string, status?: number } | undefined} error
 * @property {import('../parts/reply.js').AnsweredRequest | undefined} receipt
 * @property {boolean} stream
 */

/** @param {{ run: Run | undefined, title: string, onContinue: ((answer: string) => void) | undefined }} properties */
export function AnswerPane({ run, title, onContinue }) {
  if (!run)
    return html`<section class="card answer" aria-label=${title}>
      <${Empty} title="The answer will be here">
        <p>With every try it took: who was asked, what came back, how long it took and what it cost.</p>
      <//>
    </section>`;
  const { state, asked, error } = run;
  const text = asked?.text ?? '';
  return html`<section class="card answer" aria-label=${title} aria-busy=${state === 'running'}>
    <header class="answer-head">
      <h2>${run.receipt?.model ?? asked?.facts?.model?.split('/').slice(1).join('/') ?? title}</h2>
      <p role="status" class="hint">${statusOf(run)}</p>
      ${text && html`<${CopyButton} text=${text} label="Copy" what="the whole answer" />`}
    </header>
    ${text && html`<${Markdown} text=${text} />`}
    ${state === 'running' && html`<p class=${classes('writing', !text && 'first')} aria-hidden="true"><i></i><i></i><i></i></p>`}
    ${
      error &&
      html`<div class="note bad" role="alert">
      <p><strong>${error.code ?? 'The answer is not whole'}${error.status ? ` · ${error.status}` : ''}</strong></p>
      <p>${error.message}</p>
    </div>`
    }
    <${Facts} run=${run} />
    ${state === 'done' && onContinue && html`<p><button type="button" class="quiet small" onClick=${() => onContinue(text)}>Go on from this answer</button></p>`}
  </section>`;
}

/** @param {Run} run @returns {string} */
function statusOf({ state, asked, stream }) {
  if (state === 'running')
    return asked?.text ? 'Writing …' : stream ? 'Waiting for the first word …' : 'Waiting for the answer …';
  if (state === 'stopped') return 'Stopped';
  if (state === 'failed') return 'Failed';
  return asked?.stitched ? 'Complete, from two models' : 'Complete';
}

/** @param {{ run: Run }} properties */
function Facts({ run: { asked, receipt, error, state } }) {
  const facts = asked?.facts;
  const attempts = receipt?.attempts ?? (facts?.attempts ? parseAttempts(facts.attempts) : []);
  const id = facts?.id ?? error?.requestId;
  if (attempts.length === 0 && !facts) return null;
  const usage = receipt?.usage;
  const cache = describeCache(receipt?.cache ?? facts?.cache);
  const total = receipt?.duration_ms ?? asked?.endedMs;
  /** @type {[string, any, string?][]} */
  const rows = [
    ['Cost', money(receipt ? receipt.cost_usd : facts?.cost ? Number(facts.cost) : undefined)],
    [
      'Tokens in',
      usage ? whole(usage.input) : UNKNOWN,
      usage?.cached_input ? `${whole(usage.cached_input)} of them cached` : '',
    ],
    ['Tokens out', usage ? whole(usage.output) : UNKNOWN, usage?.estimated ? 'counted by this server' : ''],
    ['First token', duration(receipt ? receipt.ttft_ms : asked?.firstWordMs)],
    ['Whole answer', duration(total)],
    ['Cache', cache.words, cache.why],
  ];
  return html`
    ${attempts.length > 0 && html`<${Waterfall} attempts=${attempts} totalMs=${total ?? 0} stitched=${receipt?.stitched ?? asked?.stitched} />`}
    ${
      state !== 'running' &&
      html`<dl class="facts">
        ${rows.map(([name, value, more]) => html`<div title=${more || undefined}><dt>${name}</dt><dd>${value}</dd></div>`)}
      </dl>`
    }
    ${facts?.dropped && html`<p class="hint">Left out, as the model cannot take it: <code>${facts.dropped}</code></p>`}
    ${id && html`<p class="hint request-id">Request <code>${id}</code> <${CopyButton} text=${id} what="the request’s id" /></p>`}
  `;
}
