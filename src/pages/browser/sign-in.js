/** Sign in with the administrator's key or a caller key; the key is exchanged for a cookie that no script can read. */
import { render } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { call } from './parts/api.js';
import { html } from './parts/html.js';
import { ErrorNote } from './parts/load.js';

/** Only to a page of this server. @returns {string} */
function whereTo() {
  const to = new URLSearchParams(location.search).get('to') ?? '/';
  return /^\/(?![/\\])/.test(to) && !to.startsWith('/ui/sign-in') ? to : '/';
}

function SignIn() {
  const [key, setKey] = useState('');
  const [error, setError] = useState(/** @type {Error | undefined} */ (undefined));
  const [isBusy, setBusy] = useState(false);
  const [isOpen, setOpen] = useState(false);
  useEffect(() => {
    call('/session').then(
      ({ mode, role }) => {
        if (mode === 'open' && role !== null) location.replace(whereTo());
        setOpen(mode === 'open');
      },
      () => {},
    );
  }, []);
  /** @param {SubmitEvent} event */
  const submit = async (event) => {
    event.preventDefault();
    setBusy(true);
    setError(undefined);
    try {
      await call('/session', { method: 'POST', body: { key: key.trim() } });
      location.replace(whereTo());
    } catch (refused) {
      setError(/** @type {Error} */ (refused));
      setBusy(false);
    }
  };
  return html`<main class="sign-in">
    <form class="card" onSubmit=${submit}>
      <h1><img src="/ui/icon.svg" alt="" width="32" height="32" />CodeLlama Server</h1>
      ${
        isOpen
          ? html`<p>This server has no ADMIN_KEY, so it serves only its own machine, and nobody can sign in. Set ADMIN_KEY and start it again.</p>`
          : html`<input type="text" name="username" autocomplete="username" value="CodeLlama Server" hidden readonly />
            <label for="key">Your key</label>
            <input id="key" name="key" type="password" autocomplete="current-password" required autofocus spellcheck=${false}
              aria-describedby="key-help" value=${key}
              onInput=${(/** @type {import('./parts/field-event.js').FieldEvent} */ event) => setKey(event.target.value)} />
            <p id="key-help" class="hint">The administrator's key (<code>ADMIN_KEY</code>) shows everything; a caller key (<code>sk-cl-…</code>) shows what is its own.</p>
            <${ErrorNote} error=${error} />
            <button type="submit" class="primary" disabled=${isBusy}>${isBusy ? 'Signing in …' : 'Sign in'}</button>`
      }
    </form>
  </main>`;
}

render(html`<${SignIn} />`, /** @type {HTMLElement} */ (document.getElementById('page')));
