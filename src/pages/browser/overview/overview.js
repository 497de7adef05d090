/** The overview: what is spent, by whom, how well it goes, and what happens now. */
import { useMemo, useState } from 'preact/hooks';
import { useAddress } from '../parts/address.js';
import { query } from '../parts/api.js';
import { dimensionsFor, FILTER_DIMENSIONS, FilterChips, filtersOf } from '../parts/filters.js';
import { money } from '../parts/format.js';
import { classes, html } from '../parts/html.js';
import { useInView } from '../parts/in-view.js';
import { useLive } from '../parts/live.js';
import { Empty, ErrorNote, useLoad } from '../parts/load.js';
import { RangePicker, rangeOf, TIME_ZONE } from '../parts/range.js';
import { RequestTable } from '../parts/request-table.js';
import { mount, NeedsKey } from '../parts/shell.js';
import { MAX_SERIES, StackedBars } from '../parts/stacked-bars.js';
import { bucketOf, bucketsOf, labelOf, largestOf, stack } from './spend.js';
import { Tiles } from './tiles.js';
import { TopTable } from './top-table.js';

/** @typedef {import('../parts/filters.js').Dimension} Dimension */

/** Groups and times together, in one reply. */
const MAX_GROUPS = 1000;

/** @param {{ session: import('../parts/shell.js').Session }} properties */
function Overview({ session }) {
  const [address, change] = useAddress();
  const [now, setNow] = useState(() => Date.now());
  const dimensions = dimensionsFor(session);
  const dimension = dimensions.find((name) => name === address.by) ?? 'model';
  const range = useMemo(() => rangeOf(address, now), [address.range, address.from, address.to, now]);
  const filters = filtersOf(address);
  const asked = { ...filters, from: range.from, to: range.to, tz: TIME_ZONE };
  const maySee = session.role !== 'anonymous';
  const totals = useLoad(
    maySee ? `/usage${query({ ...asked, group_by: 'none', bucket: range.bucket })}` : undefined,
  );
  const before = useLoad(
    maySee
      ? `/usage${query({ ...asked, group_by: 'none', from: range.beforeFrom, to: range.beforeTo })}`
      : undefined,
  );
  /** @param {Dimension} of @param {string} value */
  const choose = (of, value) => change({ [of]: value });

  if (!maySee) return html`<${NeedsKey} what="Spend and requests are shown to those who have a key." />`;
  return html`<div class="page-head">
      <h1>Overview</h1>
      <div class="head-tools">
        <${RangePicker} address=${address} change=${change} />
        <button type="button" class="quiet small" onClick=${() => setNow(Date.now())}>Refresh</button>
      </div>
    </div>
    <${FilterChips} address=${address} change=${change} />
    <${ErrorNote} error=${totals.error ?? before.error} retry=${totals.reload} />
    <${Tiles} now=${totals.data?.total} before=${before.data?.total} words=${range.words} />
    <${Spend} asked=${asked} range=${range} totals=${totals} dimension=${dimension} dimensions=${dimensions} change=${change} choose=${choose} />
    <div class="tops">
      ${dimensions.filter((name) => name !== dimension).map((name) => html`<${Top} key=${name} dimension=${name} asked=${asked} choose=${choose} />`)}
    </div>
    <${Live} filters=${filters} />`;
}

/**
 * @param {{ asked: Record<string, string>, range: import('../parts/range.js').Range, totals: import('../parts/load.js').Loaded<import('../parts/reply.js').ApiReply<'GET', '/usage'>>,
 *   dimension: Dimension, dimensions: Dimension[], change: (changes: Record<string, string | undefined>) => void, choose: (of: Dimension, value: string) => void }} properties
 */
function Spend({ asked, range, totals, dimension, dimensions, change, choose }) {
  const overTime = useLoad(
    `/usage${query({ ...asked, group_by: dimension, bucket: range.bucket, order: '-cost_usd', limit: MAX_GROUPS })}`,
  );
  // The sums of the largest are those of their times, unless there were too many groups for one reply.
  const isCut = Boolean(overTime.data?.other);
  const asksForTop = useLoad(
    isCut
      ? `/usage${query({ ...asked, group_by: dimension, order: '-cost_usd', limit: MAX_SERIES })}`
      : undefined,
  );
  const isOf = (/** @type {import('../parts/reply.js').ApiReply<'GET', '/usage'> | undefined} */ report) =>
    report?.group_by.includes(dimension);
  // What belongs together is shown together, and what was shown stays until then.
  const isReady = Boolean(totals.data && isOf(overTime.data) && (!isCut || isOf(asksForTop.data)));
  const { series, labels, top, other } = useMemo(() => {
    if (!isReady || !totals.data || !overTime.data)
      return { series: [], labels: [], top: undefined, other: undefined };
    const times = bucketsOf(range).map(bucketOf);
    const largest =
      isCut && asksForTop.data
        ? { top: asksForTop.data.data, other: asksForTop.data.other }
        : largestOf(overTime.data.data, dimension, MAX_SERIES);
    return {
      ...largest,
      labels: times.map((time) => labelOf(time, range.bucket)),
      series: stack({
        top: largest.top,
        overTime: overTime.data.data,
        totals: totals.data.data,
        dimension,
        times,
      }),
    };
  }, [isReady, asksForTop.data, overTime.data, totals.data]);
  const hasNothing = isReady && totals.data?.total.requests === 0;
  return html`<section class="card spend" aria-label="Spend over time">
    <header class="card-head">
      <h2>Spend by</h2>
      <fieldset class="segmented"><legend class="visually-hidden">Spend by</legend>
        ${dimensions.map((name) => html`<label><input type="radio" name="by" value=${name} checked=${name === dimension} onChange=${() => change({ by: name === 'model' ? undefined : name })} />${FILTER_DIMENSIONS[name].one}</label>`)}
      </fieldset>
      <a class="csv" href=${`/usage${query({ ...asked, group_by: dimension, format: 'csv' })}`} download=${`spend-by-${dimension}.csv`}>CSV</a>
    </header>
    <${ErrorNote} error=${overTime.error ?? asksForTop.error} retry=${overTime.reload} />
    ${
      hasNothing
        ? html`<${Empty} title="No requests in this time"><p>Choose a longer time, or <a href="/">ask something</a>.</p><//>`
        : html`<div class=${classes('spend-body', !isReady && 'stale')}>
          <${StackedBars} series=${series} labels=${labels} format=${money}
            title=${`Spend over time by ${FILTER_DIMENSIONS[dimension].one.toLowerCase()}, ${money(totals.data?.total.cost_usd)} in all; the table has the numbers`} />
          <div class="spend-table"><${TopTable} rows=${top} other=${other} dimension=${dimension} hasSwatches isLoading=${overTime.isLoading} choose=${(/** @type {string} */ value) => choose(dimension, value)} /></div>
        </div>`
    }
  </section>`;
}

/** @param {{ dimension: Dimension, asked: Record<string, string>, choose: (of: Dimension, value: string) => void }} properties */
function Top({ dimension, asked, choose }) {
  const [element, isSeen] = useInView();
  const { data, error, isLoading, reload } = useLoad(
    isSeen ? `/usage${query({ ...asked, group_by: dimension, order: '-cost_usd', limit: 5 })}` : undefined,
  );
  return html`<section class="card" ref=${element} aria-label=${FILTER_DIMENSIONS[dimension].many}>
    <h2>${FILTER_DIMENSIONS[dimension].many}</h2>
    <${ErrorNote} error=${error} retry=${reload} />
    ${data?.data.every((row) => row[dimension] === null) ? html`<p class="hint">None in this time.</p>` : html`<${TopTable} rows=${data?.data} other=${data?.other} dimension=${dimension} isLoading=${isLoading} choose=${(/** @type {string} */ value) => choose(dimension, value)} />`}
  </section>`;
}

/** @param {{ filters: Record<string, string> }} properties */
function Live({ filters }) {
  const { rows, problem, isConnected } = useLive(true, filters, 8);
  return html`<section class="card live" aria-label="Live requests">
    <header class="card-head"><h2>Live</h2><p class="hint" role="status">${isConnected ? 'Requests appear here as they end' : (problem ?? 'Connecting …')}</p></header>
    ${rows.length > 0 && html`<${RequestTable} rows=${rows} open=${(/** @type {string} */ id) => location.assign(`/ui/requests?id=${encodeURIComponent(id)}`)} />`}
  </section>`;
}

mount(Overview);
