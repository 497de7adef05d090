/** A field of what is chosen in the address. It gets there once it is entered, not letter by letter. */
import { useState } from 'preact/hooks';
import { html } from './html.js';

/**
 * What somebody is typing is the field's own until then: a page is drawn anew when a reply or a live row comes, and would
 * put the address's value over it.
 * @param {{ value: string | undefined, enter: (text: string) => void, [attribute: string]: unknown }} properties
 */
export function AddressField({ value = '', enter, ...attributes }) {
  const [draft, setDraft] = useState(/** @type {string | undefined} */ (undefined));
  /** @typedef {import('./field-event.js').FieldEvent} FieldEvent */
  return html`<input ...${attributes} value=${draft ?? value}
    onInput=${(/** @type {FieldEvent} */ event) => setDraft(event.target.value)}
    onChange=${(/** @type {FieldEvent} */ event) => {
      setDraft(undefined);
      enter(event.target.value.trim());
    }} />`;
}
