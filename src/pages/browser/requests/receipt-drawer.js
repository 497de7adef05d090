/** One request in full: what was asked, whom, what it cost, and the way to ask it again. */
import { CopyButton } from '../parts/copy.js';
import { Dialog } from '../parts/dialog.js';
import { duration, money, Time, UNKNOWN, whole } from '../parts/format.js';
import { html } from '../parts/html.js';
import { describeCache, describeKind } from '../parts/kinds.js';
import { ErrorNote, useLoad } from '../parts/load.js';
import { keepForPlayground } from '../parts/rerun.js';
import { Waterfall } from '../parts/waterfall.js';

/** @param {{ id: string, close: () => void }} properties */
export function ReceiptDrawer({ id, close }) {
  const { data, error, reload } = useLoad(`/requests/${encodeURIComponent(id)}`);
  return html`<${Dialog} title="Request" close=${close} isDrawer>
    <p class="request-id hint"><code>${id}</code> <${CopyButton} text=${id} what="the request’s id" /></p>
    <${ErrorNote} error=${error} retry=${reload} />
    ${!data && !error && html`<div class="placeholder tall"></div>`}
    ${data && ('kind' in data ? html`<${Refused} row=${data} />` : html`<${Receipt} receipt=${data} />`)}
    ${
      data &&
      html`<details class="more"><summary>As JSON</summary>
      <pre tabindex="0" aria-label="The receipt as JSON"><code>${JSON.stringify(data, null, 2)}</code></pre></details>`
    }
  <//>`;
}

/** @param {{ row: import('../parts/reply.js').Row<'/requests'> }} properties */
function Refused({ row }) {
  const { words } = describeKind(row.error ?? 'invalid_request');
  return html`<div class="note warn"><p><strong>Refused: ${words}${row.status ? ` · ${row.status}` : ''}</strong></p><p>No model was asked, and it cost nothing.</p></div>
    <${Facts} rows=${[
      ['Time', html`<${Time} at=${row.at} />`],
      ['Path', row.path ?? UNKNOWN],
      ['Key', row.key?.alias ?? row.key?.id ?? UNKNOWN],
      ['Agent', row.agent ?? UNKNOWN],
    ]} />`;
}

/** @param {{ receipt: import('../parts/reply.js').AnsweredRequest }} properties */
function Receipt({ receipt }) {
  const { usage, error, attempts, prompt } = receipt;
  const cache = describeCache(receipt.cache);
  /** @type {[string, any][]} */
  const rows = [
    ['Time', html`<${Time} at=${receipt.created_at} />`],
    ['Cost', money(receipt.cost_usd)],
    [
      'Tokens in',
      `${whole(usage.input)}${usage.cached_input ? ` (${whole(usage.cached_input)} cached)` : ''}`,
    ],
    [
      'Tokens out',
      `${usage.estimated ? '≈ ' : ''}${whole(usage.output)}${usage.reasoning ? ` (${whole(usage.reasoning)} reasoning)` : ''}`,
    ],
    ['First token', duration(receipt.ttft_ms)],
    ['Whole answer', duration(receipt.duration_ms)],
    ['Cache', cache.words],
    ...promptCacheRow(receipt.prompt_cache),
    ['Finish reason', receipt.finish_reason ?? UNKNOWN],
    ['Key', receipt.key_alias ?? receipt.key_id ?? UNKNOWN],
    ['Project', receipt.project_alias ?? receipt.project ?? UNKNOWN],
    ['User', receipt.user ?? UNKNOWN],
    ['Agent', receipt.agent ?? UNKNOWN],
    ['Session', receipt.session ?? UNKNOWN],
    ['Format', receipt.door ?? UNKNOWN],
    ['Asked for', receipt.chain ?? UNKNOWN],
    ['Reserved for it', money(receipt.hold_usd)],
  ];
  return html`
    ${error && html`<div class="note bad"><p><strong>${describeKind(error.kind).words}</strong></p><p>${error.message}</p></div>`}
    ${
      receipt.semantic &&
      html`<div class="note"><p>Answered by what was kept for the same question in other words${receipt.semantic.differences && html`: ${receipt.semantic.differences}`}.
        ${receipt.semantic.of && html` <a href=${`/ui/requests?id=${encodeURIComponent(receipt.semantic.of)}`}>The request it was kept from</a>`}</p></div>`
    }
    ${receipt.client === 'closed' && html`<div class="note"><p>The caller hung up before the end.</p></div>`}
    ${attempts.length > 0 && html`<${Waterfall} attempts=${attempts} totalMs=${receipt.duration_ms} stitched=${receipt.stitched} />`}
    <${Facts} rows=${rows} />
    <h3>Prompt</h3>
    ${
      Array.isArray(prompt)
        ? html`<div class="prompt">${prompt.map(({ role, content }) => html`<div><span class="tag">${role}</span><pre tabindex="0" aria-label=${`Message of ${role}`}>${typeof content === 'string' ? content : JSON.stringify(content, null, 2)}</pre></div>`)}</div>`
        : html`<p class="hint">Prompts are not kept, unless <code>LOG_PROMPTS=true</code>.</p>`
    }
    <p><button type="button" onClick=${() => keepForPlayground(receipt)}>${Array.isArray(prompt) ? 'Ask it again in the playground' : 'To the playground, with this model'}</button></p>`;
}

/** What the provider had of the prompt already. @param {import('../parts/reply.js').AnsweredRequest['prompt_cache']} promptCache @returns {[string, any][]} */
function promptCacheRow(promptCache) {
  if (!promptCache.read && !promptCache.written && !promptCache.broke_at) return [];
  const { read, written, broke_at } = promptCache;
  return [
    [
      'Prompt cache',
      `${whole(read)} read, ${whole(written)} written${broke_at ? `, broke at ${broke_at}` : ''}`,
    ],
  ];
}

/** @param {{ rows: [string, any][] }} properties */
function Facts({ rows }) {
  return html`<dl class="facts">${rows.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`;
}
