/** A new key, the only time it is shown. */
import { CopyButton } from '../parts/copy.js';
import { Dialog } from '../parts/dialog.js';
import { html } from '../parts/html.js';

/** @param {{ made: { key: string, alias: string | null }, close: () => void }} properties */
export function SecretDialog({ made, close }) {
  return html`<${Dialog} title=${`The key ${made.alias ?? ''}`} close=${close}>
    <div class="note warn"><p><strong>Copy it now.</strong> It is not kept here and is never shown again.</p></div>
    <p class="secret"><code data-secret>${made.key}</code> <${CopyButton} text=${made.key} what="the key" /></p>
    <p class="hint">Send it as <code>Authorization: Bearer …</code> or <code>x-api-key: …</code>.</p>
    <div class="actions"><button type="button" class="primary" onClick=${close}>I have it</button></div>
  <//>`;
}
