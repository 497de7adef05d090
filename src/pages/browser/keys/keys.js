/** Keys and projects: who may call, within which limits, and who changed that. */
import { useState } from 'preact/hooks';
import { useAddress } from '../parts/address.js';
import { AddressField } from '../parts/address-field.js';
import { call, query } from '../parts/api.js';
import { html } from '../parts/html.js';
import { Empty, ErrorNote, useLoad } from '../parts/load.js';
import { mount, NeedsKey } from '../parts/shell.js';
import { Audit } from './audit.js';
import { ConfirmDialog } from './confirm-dialog.js';
import { HolderForm } from './holder-form.js';
import { KeyTable, ProjectTable } from './holder-table.js';
import { countLimits } from './limits.js';
import { SecretDialog } from './secret-dialog.js';

/** @typedef {import('./holder-table.js').Action} Action */
/** @typedef {{ kind: 'form', what: 'key' | 'project', holder?: import('./limits.js').Holder } | { kind: 'secret', made: import('../parts/reply.js').ApiReply<'POST', '/keys'> } | { kind: 'confirm', title: string, text: string, action: string, run: () => Promise<unknown> }} Open */

const TABS = /** @type {const} */ ({ keys: 'Keys', projects: 'Projects', audit: 'Audit' });

/** @param {{ session: import('../parts/shell.js').Session }} properties */
function Keys({ session }) {
  const [address, change] = useAddress();
  const isAdmin = session.role === 'admin';
  // In open mode keys are shown only where they may be changed, too.
  const mayManage = isAdmin && session.may_manage;
  const asked = address.tab && address.tab in TABS ? address.tab : 'keys';
  const tab = mayManage ? asked : isAdmin ? 'audit' : 'keys';
  const listed = useLoad(
    mayManage ? `/keys${query({ q: address.q, state: address.state, limit: 200 })}` : undefined,
  );
  const own = useLoad(session.key ? `/keys/${session.key.id}` : undefined);
  const keys = isAdmin ? listed : { ...own, data: own.data && { data: [own.data] } };
  const projects = useLoad(mayManage ? '/projects' : undefined);
  const [open, setOpen] = useState(/** @type {Open | undefined} */ (undefined));
  const [error, setError] = useState(/** @type {Error | undefined} */ (undefined));
  if (session.role === 'anonymous') return html`<${NeedsKey} what="Keys are shown to those who have one." />`;

  const counts = countLimits(session);
  const close = () => setOpen(undefined);
  const reload = () => {
    keys.reload();
    projects.reload();
  };
  /** @template T @param {Promise<T>} changing @returns {Promise<T>} */
  const run = async (changing) => {
    const result = await changing;
    reload();
    return result;
  };
  /** @param {Action} action @param {import('./limits.js').Holder} holder */
  const act = (action, holder) => {
    const what = tab === 'projects' ? 'project' : 'key';
    const name = holder.alias ?? holder.id;
    setError(undefined);
    if (action === 'change') setOpen({ kind: 'form', what, holder });
    if (action === 'block' || action === 'unblock')
      run(call(`/keys/${holder.id}/${action}`, { method: 'POST' })).catch(setError);
    if (action === 'rotate')
      setOpen({
        kind: 'confirm',
        title: `Rotate ${name}?`,
        text: 'A new key takes its place, with the same name, limits and spend. The old one stops working at once.',
        action: 'Rotate',
        run: async () => {
          const made = await run(call(`/keys/${holder.id}/rotate`, { method: 'POST' }));
          // After the dialog that asked has closed.
          setTimeout(() => setOpen({ kind: 'secret', made }));
        },
      });
    if (action === 'revoke' || action === 'delete')
      setOpen({
        kind: 'confirm',
        title: `${action === 'revoke' ? 'Revoke' : 'Delete'} ${name}?`,
        text:
          action === 'revoke'
            ? 'It stops working at once and for good. What it spent stays in the ledger.'
            : 'Its keys are revoked at once and for good. What they spent stays in the ledger.',
        action: action === 'revoke' ? 'Revoke for good' : 'Delete for good',
        run: () => run(call(`/${what}s/${holder.id}`, { method: 'DELETE' })),
      });
  };
  /** @param {import('../parts/reply.js').ApiReply<'POST', '/keys'> | import('../parts/reply.js').ApiReply<'POST', '/projects'>} saved */
  const saved = (saved) => {
    reload();
    setOpen('key' in saved ? { kind: 'secret', made: saved } : undefined);
  };

  return html`<div class="page-head">
      <h1>${isAdmin ? 'Keys and projects' : 'Your key'}</h1>
      ${session.may_manage && tab !== 'audit' && html`<button type="button" class="primary" onClick=${() => setOpen({ kind: 'form', what: tab === 'projects' ? 'project' : 'key' })}>New ${tab === 'projects' ? 'project' : 'key'}</button>`}
    </div>
    ${isAdmin && !session.may_manage && html`<div class="note"><p>Without <code>ADMIN_KEY</code> keys are made with <code>npm run keys</code>, or here with <code>OPEN_ADMIN=true</code>.</p></div>`}
    ${
      mayManage &&
      html`<div class="filter-line">
        <fieldset class="segmented"><legend class="visually-hidden">What is shown</legend>
          ${Object.entries(TABS).map(([id, name]) => html`<label><input type="radio" name="tab" value=${id} checked=${id === tab} onChange=${() => change({ tab: id === 'keys' ? undefined : id, q: undefined })} />${name}</label>`)}
        </fieldset>
        ${
          tab === 'keys' &&
          html`<${AddressField} type="search" aria-label="Search keys" placeholder="Search" value=${address.q} enter=${(/** @type {string} */ text) => change({ q: text })} />
        <select aria-label="State" value=${address.state ?? ''} onChange=${(/** @type {import('../parts/field-event.js').FieldEvent} */ event) => change({ state: event.target.value || undefined })}>
          ${['', 'active', 'blocked', 'expired', 'revoked'].map((state) => html`<option value=${state}>${state || 'any state'}</option>`)}
        </select>`
        }
      </div>`
    }
    <${ErrorNote} error=${error ?? keys.error ?? projects.error} retry=${reload} />
    <section class="card list" aria-label=${TABS[/** @type {keyof typeof TABS} */ (tab)]}>
      ${tab === 'keys' && html`<${List} loaded=${keys} empty="No keys yet" hint="With a key, somebody may call within its limits."><${KeyTable} keys=${keys.data?.data ?? []} counts=${counts} mayManage=${session.may_manage} act=${act} /><//>`}
      ${tab === 'projects' && html`<${List} loaded=${projects} empty="No projects yet" hint="A project has limits over all its keys."><${ProjectTable} projects=${projects.data?.data ?? []} counts=${counts} mayManage=${session.may_manage} act=${act} /><//>`}
      ${tab === 'audit' && html`<${Audit} />`}
    </section>
    ${open?.kind === 'form' && html`<${HolderForm} what=${open.what} holder=${open.holder} counts=${counts} projects=${projects.data?.data ?? []} close=${close} done=${saved} />`}
    ${open?.kind === 'secret' && html`<${SecretDialog} made=${open.made} close=${close} />`}
    ${open?.kind === 'confirm' && html`<${ConfirmDialog} ...${open} close=${close} />`}`;
}

/** @param {{ loaded: import('../parts/load.js').Loaded<{ readonly data: readonly unknown[] }>, empty: string, hint: string, children?: any }} properties */
function List({ loaded, empty, hint, children }) {
  if (!loaded.data) return loaded.error ? null : html`<div class="placeholder tall"></div>`;
  return loaded.data.data.length === 0 ? html`<${Empty} title=${empty}><p>${hint}</p><//>` : children;
}

mount(Keys);
