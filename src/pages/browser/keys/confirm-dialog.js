/** Asks before something that cannot be taken back, or that stops somebody's work. */
import { useState } from 'preact/hooks';
import { Dialog } from '../parts/dialog.js';
import { html } from '../parts/html.js';
import { ErrorNote } from '../parts/load.js';

/** @param {{ title: string, text: string, action: string, run: () => Promise<unknown>, close: () => void }} properties */
export function ConfirmDialog({ title, text, action, run, close }) {
  const [error, setError] = useState(/** @type {Error | undefined} */ (undefined));
  const go = () => run().then(close, setError);
  return html`<${Dialog} title=${title} close=${close}>
    <p>${text}</p>
    <${ErrorNote} error=${error} />
    <div class="actions"><button type="button" class="danger" onClick=${go}>${action}</button><button type="button" class="quiet" onClick=${close}>Cancel</button></div>
  <//>`;
}
