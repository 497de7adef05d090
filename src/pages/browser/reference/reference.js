/** The HTTP interface, drawn from the description that the server itself gives at /openapi.json. */
import { useEffect, useMemo, useState } from 'preact/hooks';
import { html } from '../parts/html.js';
import { Empty, ErrorNote, useLoad } from '../parts/load.js';
import { Markdown } from '../parts/markdown.js';
import { mount } from '../parts/shell.js';
import { OperationView } from './operation.js';

/** @typedef {import('./operation.js').Operation} Operation */

const METHODS = ['get', 'post', 'put', 'patch', 'delete'];

/** @param {any} document @returns {Operation[]} */
function operationsOf(document) {
  return Object.entries(document.paths ?? {}).flatMap(([path, item]) =>
    METHODS.flatMap((method) => {
      const spec = /** @type {any} */ (item)[method];
      if (!spec) return [];
      const id = `${method}${path}`
        .replace(/[^\w]+/g, '-')
        .replace(/-$/, '')
        .toLowerCase();
      return [{ id, method, path, tag: spec.tags?.[0] ?? 'Other', spec }];
    }),
  );
}

/** @param {{ session: import('../parts/shell.js').Session }} properties */
function Reference({ session }) {
  const { data, error, reload } = useLoad('/openapi.json');
  const info = /** @type {{ version?: string, description?: string } | undefined} */ (data?.info);
  const [search, setSearch] = useState('');
  const operations = useMemo(() => (data ? operationsOf(data) : []), [data]);
  const shown = operations.filter(({ method, path, spec }) =>
    `${method} ${path} ${spec.summary ?? ''}`.toLowerCase().includes(search.trim().toLowerCase()),
  );
  const tags = [...new Set(operations.map(({ tag }) => tag))];
  useEffect(() => {
    // What the address points at is drawn only now.
    if (data && location.hash) document.getElementById(location.hash.slice(1))?.scrollIntoView();
  }, [data]);
  return html`<div class="page-head"><h1>API reference</h1>
      <p class="hint">Version ${info?.version ?? session.version}, <a href="/openapi.json">openapi.json</a></p></div>
    <${ErrorNote} error=${error} retry=${reload} />
    ${!data && !error && html`<div class="placeholder tall"></div>`}
    ${
      data &&
      html`<div class="reference">
        <nav class="reference-nav" aria-label="Routes">
          <input type="search" aria-label="Search routes" placeholder="Search" value=${search} onInput=${(/** @type {import('../parts/field-event.js').FieldEvent} */ event) => setSearch(event.target.value)} />
          ${tags.map((tag) => {
            const group = shown.filter((operation) => operation.tag === tag);
            return (
              group.length > 0 &&
              html`<p class="nav-title">${tag}</p><ul>${group.map(({ id, method, path }) => html`<li><a href=${`#${id}`}><span class=${`method ${method}`}>${method.toUpperCase()}</span> ${path}</a></li>`)}</ul>`
            );
          })}
        </nav>
        <div class="reference-body">
          ${info?.description && !search && html`<div class="card"><${Markdown} text=${info.description} /></div>`}
          ${tags.map((tag) => {
            const group = shown.filter((operation) => operation.tag === tag);
            return (
              group.length > 0 &&
              html`<h2>${tag}</h2>${group.map((operation) => html`<${OperationView} key=${operation.id} operation=${operation} document=${data} needsKey=${session.mode === 'keys'} />`)}`
            );
          })}
          ${shown.length === 0 && html`<${Empty} title="No route matches" />`}
        </div>
      </div>`
    }`;
}

mount(Reference);
