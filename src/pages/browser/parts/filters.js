/** By what requests and spend can be told apart, and which of it is looked at. */
import { html } from './html.js';

/** @typedef {'model' | 'key' | 'project' | 'user' | 'agent' | 'session'} Dimension */

/** @type {Record<Dimension, { one: string, many: string }>} */
export const FILTER_DIMENSIONS = {
  model: { one: 'Model', many: 'Models' },
  key: { one: 'Key', many: 'Keys' },
  project: { one: 'Project', many: 'Projects' },
  user: { one: 'User', many: 'Users' },
  agent: { one: 'Agent', many: 'Agents' },
  session: { one: 'Session', many: 'Sessions' },
};

/** @param {import('./shell.js').Session} session @returns {Dimension[]} a caller has one key in one project */
export function dimensionsFor({ role }) {
  const all = /** @type {Dimension[]} */ (Object.keys(FILTER_DIMENSIONS));
  return role === 'admin' ? all : all.filter((name) => name !== 'key' && name !== 'project');
}

/** @param {Record<string, string>} address @returns {Partial<Record<Dimension, string>>} */
export function filtersOf(address) {
  return Object.fromEntries(
    Object.keys(FILTER_DIMENSIONS).flatMap((name) => (address[name] ? [[name, address[name]]] : [])),
  );
}

/** What is filtered by, each with a way to have it back. @param {{ address: Record<string, string>, change: (changes: Record<string, string | undefined>) => void }} properties */
export function FilterChips({ address, change }) {
  const filters = Object.entries(filtersOf(address));
  if (filters.length === 0) return null;
  return html`<div class="filters" role="group" aria-label="Filters">
    ${filters.map(
      ([
        name,
        value,
      ]) => html`<button type="button" class="chip" onClick=${() => change({ [name]: undefined })} aria-label=${`Remove the filter ${name} ${value}`}>
        <span class="provider">${FILTER_DIMENSIONS[/** @type {Dimension} */ (name)].one}</span> ${value} <span class="remove" aria-hidden="true">✕</span>
      </button>`,
    )}
  </div>`;
}
