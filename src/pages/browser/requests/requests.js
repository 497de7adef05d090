/** The request log: find a request, watch them come, look into one. */
import { useEffect, useState } from 'preact/hooks';
import { useAddress } from '../parts/address.js';
import { AddressField } from '../parts/address-field.js';
import { call, query } from '../parts/api.js';
import { dimensionsFor, FILTER_DIMENSIONS, filtersOf } from '../parts/filters.js';
import { classes, html } from '../parts/html.js';
import { useLive } from '../parts/live.js';
import { Empty, ErrorNote, useLoad } from '../parts/load.js';
import { TIME_ZONE } from '../parts/range.js';
import { RequestTable } from '../parts/request-table.js';
import { mount, NeedsKey } from '../parts/shell.js';
import { ReceiptDrawer } from './receipt-drawer.js';

/** @type {[string, string][]} */
const OUTCOMES = [
  ['', 'Any'],
  ['ok', 'Answered'],
  ['error', 'Failed'],
  ['refused', 'Refused'],
  ['closed', 'Hung up'],
  ['429', '429: too many'],
  ['402', '402: over budget'],
  ['401', '401: no key'],
];

/** Rows kept while watching. */
const LIVE_ROWS = 100;

/** @param {{ session: import('../parts/shell.js').Session }} properties */
function Requests({ session }) {
  const [address, change] = useAddress();
  const isLive = address.live === '1';
  const filters = {
    ...filtersOf(address),
    ...(address.status && { status: address.status }),
    ...(address.door && { door: address.door }),
  };
  const first = /** @type {const} */ (
    `/requests${query({ ...filters, q: address.q, from: address.from, to: address.to, tz: TIME_ZONE, limit: 50 })}`
  );
  const page = useLoad(isLive || session.role === 'anonymous' ? undefined : first);
  const [older, setOlder] = useState(
    /** @type {{ of: string, rows: import('../parts/reply.js').Row<'/requests'>[], cursor: string | null, error?: Error }} */ ({
      of: '',
      rows: [],
      cursor: null,
    }),
  );
  useEffect(() => setOlder({ of: first, rows: [], cursor: page.data?.next_cursor ?? null }), [page.data]);
  const live = useLive(isLive, filters, LIVE_ROWS);

  if (session.role === 'anonymous')
    return html`<${NeedsKey} what="Requests are shown to those who have a key." />`;
  const more = () =>
    call(`${first}&cursor=${encodeURIComponent(older.cursor ?? '')}`).then(
      ({ data, next_cursor }) =>
        setOlder((before) => ({ of: first, rows: [...before.rows, ...data], cursor: next_cursor })),
      (error) => setOlder((before) => ({ ...before, error })),
    );
  const rows = isLive ? live.rows : [...(page.data?.data ?? []), ...older.rows];
  const open = (/** @type {string} */ id) => change({ id });
  return html`<div class="page-head">
      <h1>Requests</h1>
      <div class="head-tools">
        <label class="switch"><input type="checkbox" checked=${isLive} onChange=${() => change({ live: isLive ? undefined : '1' })} />Live</label>
        <button type="button" class="quiet small" onClick=${page.reload} disabled=${isLive}>Refresh</button>
      </div>
    </div>
    <${Filters} address=${address} change=${change} session=${session} isLive=${isLive} />
    <${ErrorNote} error=${page.error ?? older.error} retry=${page.reload} />
    <section class=${classes('card list', page.isLoading && 'stale')} aria-label="Requests" aria-busy=${page.isLoading}>
      ${isLive && html`<p class="hint" role="status">${live.isConnected ? 'Watching: requests appear as they end.' : (live.problem ?? 'Connecting …')}</p>`}
      ${rows.length > 0 && html`<${RequestTable} rows=${rows} open=${open} openId=${address.id} hasKeys=${session.role === 'admin'} />`}
      ${rows.length === 0 && !page.isLoading && !page.error && html`<${Empty} title=${isLive ? 'Nothing yet' : 'No requests match'}><p>${isLive ? 'Ask something in another tab.' : html`Take a filter away, or <a href="/">ask something</a>.`}</p><//>`}
      ${rows.length === 0 && page.isLoading && html`<div class="placeholder tall"></div>`}
      ${!isLive && older.cursor && html`<p class="list-end"><button type="button" onClick=${more}>Show older</button></p>`}
    </section>
    ${address.id && html`<${ReceiptDrawer} key=${address.id} id=${address.id} close=${() => change({ id: undefined })} />`}`;
}

/** @param {{ address: Record<string, string>, change: (changes: Record<string, string | undefined>) => void, session: import('../parts/shell.js').Session, isLive: boolean }} properties */
function Filters({ address, change, session, isLive }) {
  const set = (/** @type {string} */ name) => (/** @type {string} */ text) => change({ [name]: text });
  /** @param {string} name @param {string} label @param {object} [more] */
  const field = (name, label, more = {}) => html`<label class="field" for=${`filter-${name}`}>${label}
    <${AddressField} id=${`filter-${name}`} value=${address[name]} enter=${set(name)} spellcheck=${false} autocomplete="off" ...${more} /></label>`;
  const isFiltered = Object.keys(address).some((name) => !['live', 'id'].includes(name));
  const dimensions = dimensionsFor(session);
  const more = [...dimensions.filter((name) => name !== 'key' && name !== 'model'), 'from', 'to'];
  const isWide = matchMedia('(min-width: 900px)').matches;
  return html`<form class="card" role="search" onSubmit=${(/** @type {Event} */ event) => event.preventDefault()}>
    <div class="filter-form">
      ${field('q', 'Search', { type: 'search', disabled: isLive, placeholder: session.log_prompts ? 'id, user, prompt …' : 'id, user, session …' })}
      <label class="field" for="filter-status">Outcome
        <select id="filter-status" value=${address.status ?? ''} onChange=${(/** @type {import('../parts/field-event.js').FieldEvent} */ event) => change({ status: event.target.value })}>${OUTCOMES.map(([value, name]) => html`<option value=${value}>${name}</option>`)}</select></label>
      ${dimensions.filter((name) => name === 'key' || name === 'model').map((name) => field(name, FILTER_DIMENSIONS[name].one))}
      <button type="button" class="quiet small" disabled=${!isFiltered} onClick=${() => change(Object.fromEntries(Object.keys(address).map((name) => [name, name === 'live' ? address.live : undefined])))}>Clear</button>
    </div>
    <details class="filter-more" open=${isWide || more.some((name) => address[name])}>
      <summary>More filters</summary>
      <div class="filter-form">
        ${dimensions.filter((name) => more.includes(name)).map((name) => field(name, FILTER_DIMENSIONS[name].one))}
        ${field('from', 'From', { type: 'date', disabled: isLive, max: address.to })}
        ${field('to', 'To', { type: 'date', disabled: isLive, min: address.from })}
      </div>
    </details>
  </form>`;
}

mount(Requests);
