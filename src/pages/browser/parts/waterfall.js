/** The way of one request: each try of a model as a bar in time, and as a row of a table. */
import { duration } from './format.js';
import { classes, html } from './html.js';
import { describeKind } from './kinds.js';

/**
 * @typedef {object} Attempt as in a receipt
 * @property {string} target
 * @property {string} kind
 * @property {number | null} [status]
 * @property {string | null} [note]
 * @property {number} started_ms
 * @property {number | null} [first_token_ms]
 * @property {number | null} [ended_ms]
 */

/**
 * @param {string} line of `x-attempts`: `together/x=upstream_rate_limited(429,0.2s); openai/gpt-4=ok(200,1.1s)`
 * @returns {Attempt[]} one after the other, since the header does not say when each began
 */
export function parseAttempts(line) {
  let at = 0;
  return line.split('; ').flatMap((text) => {
    const found = /^(.*)=(\w+)\(([^,)]*)(?:,([\d.]+)s)?\)$/.exec(text);
    if (!found) return [];
    const [, target = '', kind = '', note = '', seconds = '0'] = found;
    const started = at;
    at += Number(seconds) * 1000;
    const status = /^\d+$/.test(note) ? Number(note) : null;
    const attempt = { target, kind, status, note: status ? null : note, started_ms: started };
    // Of the answer itself only its first token is known by then.
    return [kind === 'ok' ? { ...attempt, first_token_ms: at } : { ...attempt, ended_ms: at }];
  });
}

/** @param {Attempt} attempt @returns {boolean} its words were used, and then it broke */
function brokeLate({ kind, first_token_ms }) {
  return typeof first_token_ms === 'number' && !['ok', 'running', 'hedge_lost'].includes(kind);
}

/**
 * @param {readonly Attempt[]} attempts @param {boolean} stitched
 * @returns {string} what happened, in a sentence
 */
export function storyOf(attempts, stitched) {
  const tried = attempts.filter(({ kind }) => kind !== 'cooling');
  const winner = attempts.findLast(({ kind }) => kind === 'ok');
  const failed = tried.filter(({ kind }) => kind !== 'ok' && kind !== 'hedge_lost' && kind !== 'running');
  if (attempts.length === 0) return 'No model was asked.';
  if (!winner)
    return attempts.some(({ kind }) => kind === 'running') ? 'Under way.' : 'No model could answer.';
  const name = nameOf(winner.target);
  if (stitched)
    return `${nameOf(tried.find(brokeLate)?.target ?? '')} broke in mid-answer; ${name} went on from there.`;
  if (tried.some(({ kind }) => kind === 'hedge_lost'))
    return `Two were asked side by side; ${name} was quicker.`;
  const first = failed[0];
  if (first) return `${nameOf(first.target)}: ${describeKind(first.kind).words}. ${name} took over.`;
  if (tried.length < attempts.length) return `${name} answered, as others are cooling down.`;
  return `${name} answered at once.`;
}

/** @param {string} target @returns {string} `gpt-4` of `openai/gpt-4` */
function nameOf(target) {
  return target.split('/').at(-1) ?? target;
}

/**
 * @param {{ attempts: readonly Attempt[], totalMs: number, stitched?: boolean }} properties
 */
export function Waterfall({ attempts, totalMs, stitched = false }) {
  const end = Math.max(
    1,
    totalMs,
    ...attempts.map(({ ended_ms, first_token_ms }) => ended_ms ?? first_token_ms ?? 0),
  );
  const seam = stitched ? attempts.findLast(({ kind }) => kind === 'ok') : undefined;
  return html`<figure class="waterfall">
    <figcaption>${storyOf(attempts, stitched)}</figcaption>
    <table>
      <thead><tr>
        <th scope="col">Model</th><th scope="col">Outcome</th>
        <th scope="col" class="lane-head"><span class="visually-hidden">Time line</span><span class="scale" aria-hidden="true"><span>0</span><span>${duration(end)}</span></span></th>
        <th scope="col" class="number">Took</th>
      </tr></thead>
      <tbody>
        ${attempts.map((attempt) => html`<${Row} attempt=${attempt} end=${end} isRescue=${attempt === seam} />`)}
      </tbody>
    </table>
    <p class="legend" aria-hidden="true"><i class="bar-wait"></i>waiting for the first token <i class="bar-write"></i>writing${seam && html` <i class="bar-seam"></i>the seam`}</p>
  </figure>`;
}

/** @param {{ attempt: Attempt, end: number, isRescue: boolean }} properties */
function Row({ attempt, end, isRescue }) {
  const { target, kind, status, note, started_ms: started, first_token_ms: first, ended_ms } = attempt;
  const { words, tone } = describeKind(kind);
  const ended = ended_ms ?? end;
  const provider = target.split('/')[0] ?? '';
  const width = (/** @type {number} */ from, /** @type {number} */ to) =>
    `${Math.max(0, ((to - from) / end) * 100)}%`;
  const what = isRescue ? 'went on from the seam' : brokeLate(attempt) ? `${words}, in mid-answer` : words;
  const detail = [status, note]
    .filter((part) => part !== null && part !== undefined && part !== '')
    .join(' ');
  const title = [
    `asked at ${duration(started)}`,
    ...(typeof first === 'number' ? [`first token at ${duration(first)}`] : []),
    `ended at ${duration(ended)}`,
  ].join(', ');
  return html`<tr>
    <th scope="row" title=${target}><span class="provider">${provider}</span><span>${nameOf(target)}</span></th>
    <td><span class=${classes('tag', tone)}>${what}</span>${detail && kind !== 'ok' && html` <span class="hint">${detail}</span>`}</td>
    <td class="lane" title=${title}>
      <span class="visually-hidden">${title}</span>
      <div class="bars" aria-hidden="true">
        <i class=${classes('bar-wait', tone)} style=${{ left: width(0, started), width: width(started, Math.min(first ?? ended, ended)) }}></i>
        ${typeof first === 'number' && html`<i class=${classes('bar-write', tone)} style=${{ left: width(0, first), width: width(first, ended) }}></i>`}
        ${isRescue && typeof first === 'number' && html`<i class="bar-seam" style=${{ left: width(0, first) }}></i>`}
      </div>
    </td>
    <td class="number">${kind === 'cooling' ? '–' : duration(ended - started)}</td>
  </tr>`;
}
