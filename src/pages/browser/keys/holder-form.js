/** Makes or changes a key or a project. */
import { useState } from 'preact/hooks';
import { call } from '../parts/api.js';
import { Dialog } from '../parts/dialog.js';
import { html } from '../parts/html.js';
import { ErrorNote } from '../parts/load.js';

/**
 * @typedef {object} Field
 * @property {string} name in JSON
 * @property {string} label
 * @property {'text' | 'number' | 'money' | 'models' | 'period' | 'time' | 'project'} kind
 * @property {boolean} [isForKeys] and not for projects
 * @property {string} [hint]
 */

/** @param {readonly import('./limits.js').CountLimit[]} counts @returns {readonly Field[]} */
function fieldsOf(counts) {
  const number = (/** @type {boolean} */ isForUsers) =>
    counts
      .filter((limit) => limit.isForUsers === isForUsers)
      .map(({ name, label }) => ({
        name,
        label,
        kind: /** @type {const} */ ('number'),
        isForKeys: isForUsers,
      }));
  return [
    { name: 'alias', label: 'Name', kind: 'text' },
    { name: 'project', label: 'Project', kind: 'project', isForKeys: true },
    { name: 'user', label: 'User', kind: 'text', isForKeys: true, hint: 'whose key it is' },
    { name: 'budget_usd', label: 'Budget in $', kind: 'money' },
    { name: 'budget_period', label: 'Anew every', kind: 'period' },
    ...number(false),
    {
      name: 'models',
      label: 'Only these models',
      kind: 'models',
      isForKeys: true,
      hint: 'names with commas between; empty: all',
    },
    { name: 'user_budget_usd', label: 'Budget of each user in $', kind: 'money', isForKeys: true },
    ...number(true),
    { name: 'expires_at', label: 'Expires', kind: 'time', isForKeys: true },
  ];
}

/** Limits of each user are wanted seldom. */
const SELDOM = /^user_/;

/**
 * @param {{ what: 'key' | 'project', holder: import('./limits.js').Holder | undefined, counts: readonly import('./limits.js').CountLimit[], projects: readonly import('../parts/reply.js').Row<'/projects'>[], close: () => void, done: (saved: import('../parts/reply.js').ApiReply<'POST', '/keys'> | import('../parts/reply.js').ApiReply<'POST', '/projects'>) => void }} properties
 * `holder`: what is changed; nothing for a new one
 */
export function HolderForm({ what, holder, counts, projects, close, done }) {
  const fields = fieldsOf(counts).filter(({ isForKeys }) => what === 'key' || !isForKeys);
  const [values, setValues] = useState(() =>
    Object.fromEntries(
      fields.map((field) => [
        field.name,
        asText(field, /** @type {Readonly<Record<string, unknown>> | undefined} */ (holder)?.[field.name]),
      ]),
    ),
  );
  const [error, setError] = useState(/** @type {Error | undefined} */ (undefined));
  const [isBusy, setBusy] = useState(false);
  /** @param {Event} event */
  const save = async (event) => {
    event.preventDefault();
    setBusy(true);
    setError(undefined);
    try {
      const body = bodyOf(fields, values, holder);
      done(
        holder
          ? await call(`/${what}s/${holder.id}`, { method: 'PATCH', body })
          : await call(`/${what}s`, { method: 'POST', body }),
      );
    } catch (refused) {
      setError(/** @type {Error} */ (refused));
      setBusy(false);
    }
  };
  const input = (/** @type {Field} */ field) =>
    html`<${Input} key=${field.name} field=${field} value=${values[field.name] ?? ''} projects=${projects} onChange=${(/** @type {string} */ value) => setValues((before) => ({ ...before, [field.name]: value }))} />`;
  return html`<${Dialog} title=${holder ? `Change ${holder.alias ?? holder.id}` : `New ${what}`} close=${close}>
    <form onSubmit=${save}>
      <div class="form-grid">${fields.filter(({ name }) => !SELDOM.test(name)).map(input)}</div>
      ${what === 'key' && html`<details class="more"><summary>Limits of each user of the key</summary><div class="form-grid">${fields.filter(({ name }) => SELDOM.test(name)).map(input)}</div></details>`}
      <${ErrorNote} error=${error} />
      <div class="actions">
        <button type="submit" class="primary" disabled=${isBusy}>${holder ? 'Save' : `Create ${what}`}</button>
        <button type="button" class="quiet" onClick=${close}>Cancel</button>
      </div>
    </form>
  <//>`;
}

/** @param {{ field: Field, value: string, projects: readonly import('../parts/reply.js').Row<'/projects'>[], onChange: (value: string) => void }} properties */
function Input({ field: { name, label, kind, hint }, value, projects, onChange }) {
  const id = `holder-${name}`;
  const set = (/** @type {import('../parts/field-event.js').FieldEvent} */ event) =>
    onChange(event.target.value);
  const input =
    kind === 'period'
      ? html`<select id=${id} value=${value} onChange=${set}>${['', 'day', 'week', 'month', 'total'].map((period) => html`<option value=${period}>${period === 'total' ? 'never' : period || '–'}</option>`)}</select>`
      : kind === 'project'
        ? html`<select id=${id} value=${value} onChange=${set}><option value="">–</option>${projects.map((project) => html`<option value=${project.id}>${project.alias ?? project.id}</option>`)}</select>`
        : html`<input id=${id} value=${value} onInput=${set} type=${kind === 'time' ? 'datetime-local' : kind === 'money' || kind === 'number' ? 'number' : 'text'}
            min=${kind === 'number' ? '1' : kind === 'money' ? '0' : undefined} step=${kind === 'money' ? 'any' : kind === 'number' ? '1' : undefined}
            required=${name === 'alias'} autocomplete="off" placeholder=${hint ?? ''} />`;
  return html`<label class="field" for=${id}>${label}${input}</label>`;
}

/** @param {Field} field @param {any} value @returns {string} */
function asText({ kind }, value) {
  if (value === null || value === undefined) return '';
  if (kind === 'models') return value.join(', ');
  if (kind === 'project') return typeof value === 'object' ? value.id : value;
  if (kind !== 'time') return String(value);
  const date = new Date(value);
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

/** @param {Field} field @param {string} text @returns {any} `null`: none */
function fromText({ kind }, text) {
  if (text.trim() === '') return null;
  if (kind === 'number' || kind === 'money') return Number(text);
  if (kind === 'models')
    return text
      .split(',')
      .map((name) => name.trim())
      .filter(Boolean);
  return kind === 'time' ? new Date(text).toISOString() : text.trim();
}

/**
 * Of a change only what is new is sent.
 * @param {readonly Field[]} fields @param {Record<string, string>} values @param {any} holder
 */
function bodyOf(fields, values, holder) {
  const entries = fields.flatMap((field) => {
    const text = values[field.name] ?? '';
    if (holder ? text === asText(field, holder[field.name]) : text.trim() === '') return [];
    return [[field.name, fromText(field, text)]];
  });
  return Object.fromEntries(entries);
}
