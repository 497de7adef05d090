/** Models and chains: who would answer, how each of them is, and what all others cost. */
import { useEffect, useMemo, useState } from 'preact/hooks';
import { call } from '../parts/api.js';
import { money, UNKNOWN, whole } from '../parts/format.js';
import { html } from '../parts/html.js';
import { Empty, ErrorNote, useLoad } from '../parts/load.js';
import { mount } from '../parts/shell.js';
import { ChainPicture } from './chain-picture.js';
import { TargetTable } from './target-table.js';

/** Milliseconds between two looks at the states. */
const LOOK_EVERY = 5_000;

/** @param {{ session: import('../parts/shell.js').Session }} properties */
function Models({ session }) {
  const isAdmin = session.role === 'admin';
  const chains = useLoad(session.role === 'anonymous' ? undefined : '/chains');
  const health = useLoad(isAdmin ? '/models/health' : undefined);
  const settings = useLoad(isAdmin ? '/settings' : undefined);
  const listing = useLoad('/v1/models');
  const [error, setError] = useState(/** @type {Error | undefined} */ (undefined));
  useEffect(() => {
    if (!isAdmin) return;
    const timer = setInterval(() => document.visibilityState === 'visible' && health.reload(), LOOK_EVERY);
    return () => clearInterval(timer);
  }, [isAdmin, health.reload]);
  const states = useMemo(
    () => new Map((health.data?.data ?? []).map((one) => [one.target, one])),
    [health.data],
  );
  /** @param {string} target */
  const lift = (target) =>
    call(`/models/health/${target}`, { method: 'DELETE' }).then(health.reload, setError);
  // A model by its own name is a chain of one: only those that say more are drawn.
  const drawn = (chains.data?.data ?? []).filter((chain) => chain.targets.length > 1 || chain.is_default);
  const configured = settings.data?.config_file;
  // All at once, so that nothing moves while it is looked at.
  const isReady = ![chains, health, settings, listing].some(({ data, isLoading }) => isLoading && !data);
  if (!isReady) return html`<div class="page-head"><h1>Models</h1></div><div class="placeholder page"></div>`;
  return html`<div class="page-head"><h1>Models</h1>
      ${isAdmin && settings.data && html`<p class="hint">${configured ? html`Configured in <code>${configured}</code>, taken up when it changes` : html`Built in; names, chains and prices of your own go into <code>codellama.yaml</code>`}</p>`}
    </div>
    <${ErrorNote} error=${error ?? chains.error ?? health.error} retry=${() => {
      setError(undefined);
      chains.reload();
      health.reload();
    }} />
    ${settings.data?.config_problems && html`<div class="note bad" role="alert"><p>The configuration file is not valid; the one before it is in use.</p></div>`}
    ${
      session.role !== 'anonymous' &&
      html`<section class="card" aria-label="Chains"><h2>Chains</h2>
        ${chains.data && html`<div class="chains">${drawn.map((chain) => html`<${ChainPicture} key=${chain.name} chain=${chain} states=${states} />`)}</div>`}
        ${chains.data && drawn.length === 0 && html`<${Empty} title="No chain is yours to ask" />`}
      </section>`
    }
    ${isAdmin && html`<section class="card" aria-label="Models in use"><h2>In use</h2>${health.data && html`<${TargetTable} targets=${health.data.data} lift=${lift} />`}</section>`}
    <${Listing} loaded=${listing} />`;
}

/** Everything that can be asked for by name. @param {{ loaded: import('../parts/load.js').Loaded<import('../parts/reply.js').ApiReply<'GET', '/v1/models'>> }} properties */
function Listing({ loaded: { data, error, reload } }) {
  const [search, setSearch] = useState('');
  const rows = (data?.data ?? []).filter((model) =>
    `${model.id} ${model.owned_by}`.toLowerCase().includes(search.trim().toLowerCase()),
  );
  return html`<section class="card" aria-label="All models"><header class="card-head"><h2>All that can be asked for</h2>
      <input type="search" class="inline" aria-label="Search models" placeholder="Search" value=${search} onInput=${(/** @type {import('../parts/field-event.js').FieldEvent} */ event) => setSearch(event.target.value)} /></header>
    <${ErrorNote} error=${error} retry=${reload} />
    ${
      data &&
      html`<div class="scroll tall-scroll" tabindex="0" role="group" aria-label="All models"><table>
      <thead><tr><th scope="col">Name</th><th scope="col">By</th><th scope="col" class="number">$ in</th><th scope="col" class="number">$ out</th><th scope="col" class="number">Window</th><th scope="col" class="number">Output</th></tr></thead>
      <tbody>${rows.map(
        (model) => html`<tr key=${model.id}><th scope="row">${model.id}</th><td>${model.owned_by}</td>
        <td class="number">${model.pricing ? money(model.pricing.input) : UNKNOWN}</td><td class="number">${model.pricing ? money(model.pricing.output) : UNKNOWN}</td>
        <td class="number">${whole(model.context_window)}</td><td class="number">${whole(model.max_output_tokens)}</td></tr>`,
      )}</tbody></table></div>
      ${rows.length === 0 && html`<${Empty} title="No model matches"><p>Any other model of a provider that has a key works as <code>provider/model-id</code>.</p><//>`}`
    }
  </section>`;
}

mount(Models);
