/** The settings this server runs with, and where each comes from. They are changed where they are set, not here. */
import { useState } from 'preact/hooks';
import { duration } from './parts/format.js';
import { html } from './parts/html.js';
import { Empty, ErrorNote, useLoad } from './parts/load.js';
import { mount } from './parts/shell.js';

/** @type {Record<string, string>} */
const SOURCES = {
  environment: 'environment',
  file: 'configuration file',
  default: 'default',
  unset: 'not set',
};

/** @param {{ session: import('./parts/shell.js').Session }} properties */
function Settings({ session }) {
  const { data, error, reload } = useLoad(session.role === 'admin' ? '/settings' : undefined);
  const [search, setSearch] = useState('');
  const [isChanged, setChanged] = useState(false);
  if (session.role !== 'admin') return html`<${Empty} title="Settings are for the administrator" />`;
  if (!data && !error)
    return html`<div class="page-head"><h1>Settings</h1></div><div class="placeholder page"></div>`;
  const rows = (data?.data ?? []).filter(
    (/** @type {any} */ row) =>
      row.name.toLowerCase().includes(search.trim().toLowerCase().replaceAll(' ', '_')) &&
      (!isChanged || (row.source !== 'default' && row.source !== 'unset')),
  );
  return html`<div class="page-head"><h1>Settings</h1>
      ${data && html`<p class="hint">Version ${data.version}, up for ${duration(data.uptime_s * 1000)}, configuration file: ${data.config_file ? html`<code>${data.config_file}</code>` : 'none'}</p>`}
    </div>
    <${ErrorNote} error=${error} retry=${reload} />
    ${data?.config_problems && html`<div class="note bad" role="alert"><p><strong>The configuration file is not valid; the one before it is in use.</strong></p><ul>${data.config_problems.map((problem) => html`<li>${problem}</li>`)}</ul></div>`}
    <div class="filter-line">
      <input type="search" aria-label="Search settings" placeholder="Search" value=${search} onInput=${(/** @type {import('./parts/field-event.js').FieldEvent} */ event) => setSearch(event.target.value)} />
      <label class="switch"><input type="checkbox" checked=${isChanged} onChange=${() => setChanged(!isChanged)} />Only what is set</label>
    </div>
    <section class="card" aria-label="Settings">
      ${
        data
          ? html`<div class="scroll" tabindex="0" role="group" aria-label="Settings"><table>
            <thead><tr><th scope="col">Name</th><th scope="col">Value</th><th scope="col">From</th><th scope="col">Default</th></tr></thead>
            <tbody>${rows.map(
              (/** @type {any} */ row) => html`<tr key=${row.name}>
                <th scope="row"><code>${row.name}</code></th>
                <td>${row.secret ? html`<span class="hint">${row.value ? 'set, and kept secret' : 'not set'}</span>` : html`<code>${row.value ?? '–'}</code>`}</td>
                <td><span class=${row.source === 'environment' || row.source === 'file' ? 'tag good' : 'tag'}>${SOURCES[row.source] ?? row.source}</span></td>
                <td class="hint"><code>${row.secret ? '–' : (row.default ?? '–')}</code></td>
              </tr>`,
            )}</tbody></table></div>`
          : null
      }
      ${data && rows.length === 0 && html`<${Empty} title="No setting matches" />`}
    </section>`;
}

mount(Settings);
