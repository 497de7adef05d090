/** Where a question is put together. */
import { classes, html } from '../parts/html.js';
import { doors } from './doors.js';
import { faults } from './faults.js';

/**
 * @typedef {object} Draft everything that can be set
 * @property {'prompt' | 'messages'} form
 * @property {string} prompt
 * @property {{ role: string, content: string }[]} messages
 * @property {string} door
 * @property {boolean} stream
 * @property {string} maxTokens
 * @property {string} temperature
 * @property {string} topP
 * @property {string} user
 * @property {boolean} fresh past the caches
 * @property {string} more JSON
 * @property {string} fault
 * @property {string} simulate a header of one's own, with the fault `own`
 * @property {[string, string]} models
 * @property {boolean} isDouble two models side by side
 */

/** @type {Draft} */
export const emptyDraft = {
  form: 'prompt',
  prompt: '',
  messages: [
    { role: 'system', content: '' },
    { role: 'user', content: '' },
  ],
  door: 'chat',
  stream: true,
  maxTokens: '',
  temperature: '',
  topP: '',
  user: '',
  fresh: false,
  more: '',
  fault: 'none',
  simulate: '',
  models: ['', ''],
  isDouble: false,
};

const EXAMPLES = [
  'Write a function to print hello world in Go',
  'What is a closure in JavaScript?',
  'How do I reverse a linked list in Python?',
  'Write a SQL query for the second highest salary',
];

/**
 * @typedef {object} Properties
 * @property {Draft} draft
 * @property {(changes: Partial<Draft>) => void} change
 * @property {readonly { id: string }[]} models
 * @property {boolean} isDemo
 * @property {string | undefined} problem why it cannot be sent
 */

/** @param {Properties} properties */
export function QuestionForm({ draft, change, models, isDemo, problem }) {
  /** @param {keyof Draft} name @returns {(event: import('../parts/field-event.js').FieldEvent) => void} */
  const set = (name) => (event) =>
    change({ [name]: event.target.type === 'checkbox' ? event.target.checked : event.target.value });
  return html`
    <fieldset class="segmented"><legend class="visually-hidden">Form of the question</legend>
      ${['prompt', 'messages'].map((form) => html`<label><input type="radio" name="form" value=${form} checked=${draft.form === form} onChange=${set('form')} />${form === 'prompt' ? 'Prompt' : 'Messages'}</label>`)}
    </fieldset>
    ${draft.form === 'prompt' ? html`<${Prompt} draft=${draft} change=${change} />` : html`<${Messages} messages=${draft.messages} change=${change} />`}
    <div class="field-row">
      <${ModelField} id="model" label=${draft.isDouble ? 'First model' : 'Model or chain'} value=${draft.models[0]} models=${models}
        onChange=${(/** @type {string} */ model) => change({ models: [model, draft.models[1]] })} />
      ${draft.isDouble && html`<${ModelField} id="model-2" label="Second model" value=${draft.models[1]} models=${models} onChange=${(/** @type {string} */ model) => change({ models: [draft.models[0], model] })} />`}
    </div>
    <div class="check-row">
      <label><input type="checkbox" checked=${draft.stream} onChange=${set('stream')} />Stream</label>
      <label><input type="checkbox" checked=${draft.isDouble} onChange=${set('isDouble')} />Two models side by side</label>
    </div>
    ${isDemo && html`<${FaultPicker} draft=${draft} change=${change} />`}
    <details class="more">
      <summary>Format and parameters</summary>
      <label class="field" for="door">API format
        <select id="door" value=${draft.door} onChange=${set('door')}>
          ${doors.map(({ id, name }) => html`<option value=${id}>${name}</option>`)}
        </select>
      </label>
      <div class="field-row">
        <${NumberField} id="max-tokens" label="Output tokens, at most" value=${draft.maxTokens} onInput=${set('maxTokens')} min="1" step="1" />
        <${NumberField} id="temperature" label="Temperature" value=${draft.temperature} onInput=${set('temperature')} min="0" max="2" step="0.1" />
        <${NumberField} id="top-p" label="Top p" value=${draft.topP} onInput=${set('topP')} min="0" max="1" step="0.05" />
      </div>
      <label class="field" for="user">User <input id="user" value=${draft.user} onInput=${set('user')} placeholder="for limits and usage per user" /></label>
      <div class="check-row"><label><input type="checkbox" checked=${draft.fresh} onChange=${set('fresh')} />A fresh answer, not one from the cache</label></div>
      <label class="field" for="more">More fields, as JSON
        <textarea id="more" class="code-input" rows="3" spellcheck=${false} value=${draft.more} onInput=${set('more')} placeholder=${'{"stop": ["\\n\\n"]}'}
          aria-invalid=${problem ? 'true' : undefined} aria-describedby="more-problem"></textarea>
      </label>
      <p id="more-problem" class=${classes('hint', problem && 'bad-text')}>${problem ?? 'They go into the body as they are.'}</p>
    </details>
  `;
}

/** @param {{ draft: Draft, change: Properties['change'] }} properties */
function Prompt({ draft, change }) {
  return html`<label class="field" for="prompt">Your question
      <textarea id="prompt" rows="5" value=${draft.prompt} placeholder="Ask something about code …"
        onInput=${(/** @type {import('../parts/field-event.js').FieldEvent} */ event) => change({ prompt: event.target.value })}></textarea>
    </label>
    <div class="examples" role="group" aria-label="Examples">
      ${EXAMPLES.map((text) => html`<button type="button" class="chip" onClick=${() => change({ prompt: text })}>${text}</button>`)}
    </div>`;
}

/** @param {{ messages: Draft['messages'], change: Properties['change'] }} properties */
function Messages({ messages, change }) {
  /** @param {number} index @param {Partial<Draft['messages'][number]>} news */
  const edit = (index, news) =>
    change({ messages: messages.map((message, at) => (at === index ? { ...message, ...news } : message)) });
  const add = () =>
    change({
      messages: [...messages, { role: messages.at(-1)?.role === 'user' ? 'assistant' : 'user', content: '' }],
    });
  return html`<div class="messages">
    ${messages.map(
      ({ role, content }, index) => html`<div class="message" key=${index}>
        <div class="message-head">
          <select aria-label=${`Role of message ${index + 1}`} value=${role} onChange=${(/** @type {import('../parts/field-event.js').FieldEvent} */ event) => edit(index, { role: event.target.value })}>
            ${['system', 'user', 'assistant'].map((name) => html`<option value=${name}>${name}</option>`)}
          </select>
          <button type="button" class="quiet small" disabled=${messages.length === 1} aria-label=${`Remove message ${index + 1}`}
            onClick=${() => change({ messages: messages.filter((_, at) => at !== index) })}>Remove</button>
        </div>
        <textarea aria-label=${`Message ${index + 1}`} rows=${role === 'user' ? 3 : 2} value=${content}
          onInput=${(/** @type {import('../parts/field-event.js').FieldEvent} */ event) => edit(index, { content: event.target.value })}></textarea>
      </div>`,
    )}
    <button type="button" class="quiet small" onClick=${add}>Add a message</button>
  </div>`;
}

/** @param {{ id: string, label: string, value: string, models: readonly { id: string }[], onChange: (model: string) => void }} properties */
function ModelField({ id, label, value, models, onChange }) {
  return html`<label class="field" for=${id}>${label}
    <input id=${id} list="${id}-list" value=${value} placeholder="default" autocomplete="off" spellcheck=${false}
      onInput=${(/** @type {import('../parts/field-event.js').FieldEvent} */ event) => onChange(event.target.value.trim())} />
    <datalist id="${id}-list">${models.map((model) => html`<option value=${model.id}></option>`)}</datalist>
  </label>`;
}

/** @param {{ id: string, label: string, value: string, onInput: (event: import('../parts/field-event.js').FieldEvent) => void, min?: string, max?: string, step?: string }} properties */
function NumberField({ id, label, ...input }) {
  return html`<label class="field" for=${id}>${label} <input id=${id} type="number" inputmode="decimal" ...${input} /></label>`;
}

/** @param {{ draft: Draft, change: Properties['change'] }} properties */
function FaultPicker({ draft, change }) {
  const chosen = faults.find(({ id }) => id === draft.fault);
  /** @param {string} fault */
  const choose = (fault) => {
    const found = faults.find(({ id }) => id === fault);
    const hadModel = faults.find(({ id }) => id === draft.fault)?.model;
    change({
      fault,
      ...(found?.streams && { stream: true }),
      // A chain that one fault needs is taken back with it.
      ...((found?.model || hadModel) && { models: [found?.model ?? '', draft.models[1]] }),
    });
  };
  return html`<div class="faults"><fieldset>
    <legend>Make something fail</legend>
    <div class="fault-list">
      ${[...faults, { id: 'own', name: 'Your own …' }].map(
        ({ id, name }) =>
          html`<label class="chip"><input type="radio" name="fault" value=${id} checked=${draft.fault === id} onChange=${() => choose(id)} />${name}</label>`,
      )}
    </div>
    ${
      draft.fault === 'own'
        ? html`<label class="field" for="simulate">x-simulate
            <input id="simulate" class="code-input" value=${draft.simulate} placeholder="together=503:2, openai=stall" spellcheck=${false}
              onInput=${(/** @type {import('../parts/field-event.js').FieldEvent} */ event) => change({ simulate: event.target.value })} /></label>`
        : html`<p class="hint">${chosen?.shows}</p>`
    }
  </fieldset></div>`;
}
