/** Keys or projects in rows, with what can be done to each. */
import { Time, UNKNOWN } from '../parts/format.js';
import { html } from '../parts/html.js';
import { StateTag } from '../parts/kinds.js';
import { BudgetCell, limitsInWords } from './limits.js';

/** @typedef {'change' | 'rotate' | 'block' | 'unblock' | 'revoke' | 'delete'} Action */
/** @typedef {readonly import('./limits.js').CountLimit[]} Counts */

/** @param {{ keys: readonly import('../parts/reply.js').Row<'/keys'>[], counts: Counts, mayManage: boolean, act: (action: Action, key: import('../parts/reply.js').Row<'/keys'>) => void }} properties */
export function KeyTable({ keys, counts, mayManage, act }) {
  return html`<div class="scroll" tabindex="0" role="group" aria-label="Keys"><table class="holders">
    <thead><tr><th scope="col">Name</th><th scope="col">State</th><th scope="col">Project</th><th scope="col">Spent</th><th scope="col">Limits</th>${mayManage && html`<th scope="col"><span class="visually-hidden">Actions</span></th>`}</tr></thead>
    <tbody>${keys.map((key) => {
      const isAlive = key.state !== 'revoked';
      return html`<tr key=${key.id} data-key=${key.alias}>
        <th scope="row"><a href=${`/ui/requests?key=${encodeURIComponent(key.id)}`} title=${`${key.id}: its requests`}>${key.alias ?? key.id}</a>${key.user && html`<span class="hint"> ${key.user}</span>`}</th>
        <td><${StateTag} state=${key.state} />${key.expires_at && html` <span class="hint">until <${Time} at=${key.expires_at} /></span>`}</td>
        <td>${key.project_alias ?? key.project ?? UNKNOWN}</td>
        <td class="budget-cell"><${BudgetCell} holder=${key} /></td>
        <td><${Limits} holder=${key} counts=${counts} /></td>
        ${
          mayManage &&
          html`<td class="row-actions">${
            isAlive &&
            html`<${Act} name="Change" of=${key} run=${() => act('change', key)} />
            <${Act} name="Rotate" of=${key} run=${() => act('rotate', key)} />
            ${key.state === 'blocked' ? html`<${Act} name="Unblock" of=${key} run=${() => act('unblock', key)} />` : html`<${Act} name="Block" of=${key} run=${() => act('block', key)} />`}
            <${Act} name="Revoke" of=${key} isDanger run=${() => act('revoke', key)} />`
          }</td>`
        }
      </tr>`;
    })}</tbody>
  </table></div>`;
}

/** @param {{ projects: readonly import('../parts/reply.js').Row<'/projects'>[], counts: Counts, mayManage: boolean, act: (action: Action, project: import('../parts/reply.js').Row<'/projects'>) => void }} properties */
export function ProjectTable({ projects, counts, mayManage, act }) {
  return html`<div class="scroll" tabindex="0" role="group" aria-label="Projects"><table class="holders">
    <thead><tr><th scope="col">Name</th><th scope="col" class="number">Keys</th><th scope="col">Spent</th><th scope="col">Limits</th>${mayManage && html`<th scope="col"><span class="visually-hidden">Actions</span></th>`}</tr></thead>
    <tbody>${projects.map(
      (project) => html`<tr key=${project.id}>
        <th scope="row"><a href=${`/ui/requests?project=${encodeURIComponent(project.id)}`} title=${`${project.id}: its requests`}>${project.alias ?? project.id}</a></th>
        <td class="number">${project.keys ?? UNKNOWN}</td>
        <td class="budget-cell"><${BudgetCell} holder=${project} /></td>
        <td><${Limits} holder=${project} counts=${counts} /></td>
        ${mayManage && html`<td class="row-actions"><${Act} name="Change" of=${project} run=${() => act('change', project)} /><${Act} name="Delete" of=${project} isDanger run=${() => act('delete', project)} /></td>`}
      </tr>`,
    )}</tbody>
  </table></div>`;
}

/** @param {{ holder: import('./limits.js').Holder, counts: Counts }} properties */
function Limits({ holder, counts }) {
  const words = limitsInWords(holder, counts);
  return words.length > 0
    ? html`<ul class="plain">${words.map((text) => html`<li>${text}</li>`)}</ul>`
    : html`<span class="hint">none</span>`;
}

/** @param {{ name: string, of: import('./limits.js').Holder, run: () => void, isDanger?: boolean }} properties */
function Act({ name, of, run, isDanger = false }) {
  return html`<button type="button" class=${isDanger ? 'small danger' : 'small quiet'} onClick=${run} aria-label=${`${name} ${of.alias ?? of.id}`}>${name}</button>`;
}
