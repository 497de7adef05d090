import { useEffect, useState } from 'preact/hooks';
import { call } from '../parts/api.js';
import { Time, UNKNOWN } from '../parts/format.js';
import { html } from '../parts/html.js';
import { Empty, ErrorNote, useLoad } from '../parts/load.js';

/** Who changed what, and when. */
export function Audit() {
  const { data, error, isLoading, reload } = useLoad('/audit?limit=50');
  const [older, setOlder] = useState(
    /** @type {{ rows: import('../parts/reply.js').Row<'/audit'>[], cursor: string | null }} */ ({
      rows: [],
      cursor: null,
    }),
  );
  useEffect(() => setOlder({ rows: [], cursor: data?.next_cursor ?? null }), [data]);
  const rows = [...(data?.data ?? []), ...older.rows];
  const more = () =>
    call(`/audit?limit=50&cursor=${encodeURIComponent(older.cursor ?? '')}`).then(
      (page) => setOlder((before) => ({ rows: [...before.rows, ...page.data], cursor: page.next_cursor })),
      () => {},
    );
  return html`<${ErrorNote} error=${error} retry=${reload} />
    ${isLoading && !data && html`<div class="placeholder tall"></div>`}
    ${data && rows.length === 0 && html`<${Empty} title="Nothing was changed yet" />`}
    ${
      rows.length > 0 &&
      html`<div class="scroll" tabindex="0" role="group" aria-label="Audit trail"><table>
        <thead><tr><th scope="col">Time</th><th scope="col">Who</th><th scope="col">Did</th><th scope="col">To</th><th scope="col">Details</th></tr></thead>
        <tbody>${rows.map(
          (row) =>
            html`<tr key=${row.id}><td><${Time} at=${row.at} /></td><td>${row.actor}</td><td>${row.action}</td><td title=${row.subject}>${row.subject_alias ?? row.subject ?? UNKNOWN}</td><td class="hint">${detailsInWords(row.details)}</td></tr>`,
        )}</tbody>
      </table></div>`
    }
    ${older.cursor && html`<p class="list-end"><button type="button" onClick=${more}>Show older</button></p>`}`;
}

/** @param {import('../parts/reply.js').Row<'/audit'>['details']} details @returns {string} */
function detailsInWords(details) {
  return Object.entries(details)
    .map(([name, value]) => `${name}: ${typeof value === 'object' ? JSON.stringify(value) : value}`)
    .join(', ');
}
