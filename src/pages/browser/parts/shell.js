/** What all pages have in common: the header with the way to the others, who is signed in, and the theme. */
import { render } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { call } from './api.js';
import { html } from './html.js';
import { Empty, ErrorNote } from './load.js';

/** @typedef {import('./reply.js').ApiReply<'GET', '/session'>} Session */

/** @typedef {{ path: string, name: string, for: readonly string[] }} Link */

const PLACE = /** @type {HTMLElement} */ (document.getElementById('page'));

/** As page-list.ts has it. @type {readonly Link[]} */
const LINKS = JSON.parse(PLACE.dataset.menu ?? '[]');

/**
 * Draws a page once it is known who looks at it.
 * @param {(properties: { session: Session }) => unknown} Page
 */
export function mount(Page) {
  render(html`<${Shell} Page=${Page} />`, PLACE);
}

/** @param {{ Page: (properties: { session: Session }) => unknown }} properties */
function Shell({ Page }) {
  const [session, setSession] = useState(/** @type {Session | undefined} */ (undefined));
  const [error, setError] = useState(/** @type {Error | undefined} */ (undefined));
  useEffect(() => {
    call('/session').then((found) => {
      if (found.role === null)
        location.replace(`/ui/sign-in?to=${encodeURIComponent(location.pathname + location.search)}`);
      else setSession(found);
    }, setError);
  }, []);
  return html`
    <a class="skip" href="#main">Skip to the content</a>
    <${Header} session=${session} />
    <main id="main" tabindex="-1">
      <${ErrorNote} error=${error} retry=${() => location.reload()} />
      ${session && html`<${Page} session=${session} />`}
    </main>
  `;
}

/** @param {{ session: Session | undefined }} properties */
function Header({ session }) {
  const here = location.pathname.replace(/(?<=.)\/$/, '');
  const nav = useRef(/** @type {HTMLElement | null} */ (null));
  useEffect(() => {
    // Where the links are wider than the screen.
    const current = nav.current?.querySelector('[aria-current]');
    if (nav.current && current instanceof HTMLElement) nav.current.scrollLeft = current.offsetLeft - 60;
  }, [session]);
  const links = LINKS.filter(({ for: roles }) => session?.role && roles.includes(session.role));
  return html`<header class="top">
    <a class="brand" href="/"><img src="/ui/icon.svg" alt="" width="24" height="24" /><span>CodeLlama<span class="brand-more"> Server</span></span></a>
    <nav aria-label="Pages" ref=${nav}>
      ${links.map(({ path, name }) => html`<a href=${path} aria-current=${path === here ? 'page' : undefined}>${name}</a>`)}
    </nav>
    <div class="top-end">
      ${session?.demo && html`<span class="tag warn" title="No provider key is set: answers come from the built-in simulator">Demo mode</span>`}
      <${ThemeButton} />
      <${Who} session=${session} />
    </div>
  </header>`;
}

/** @param {{ session: Session | undefined }} properties */
function Who({ session }) {
  if (!session || session.mode === 'open') return null;
  if (session.role === 'anonymous') return html`<a class="button quiet small" href="/ui/sign-in">Sign in</a>`;
  const name = session.role === 'admin' ? 'Administrator' : (session.key?.alias ?? session.key?.id ?? '');
  const signOut = async () => {
    await call('/session', { method: 'DELETE' }).catch(() => {});
    location.assign('/ui/sign-in');
  };
  return html`<span class="who" title=${session.key?.id}>${name}</span>
    <button type="button" class="quiet small" onClick=${signOut}>Sign out</button>`;
}

const THEMES = /** @type {const} */ (['system', 'light', 'dark']);

function ThemeButton() {
  const [theme, setTheme] = useState(() => document.documentElement.dataset.theme ?? 'system');
  const next = THEMES[(THEMES.indexOf(/** @type {any} */ (theme)) + 1) % THEMES.length] ?? 'system';
  const change = () => {
    setTheme(next);
    if (next === 'system') delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = next;
    try {
      if (next === 'system') localStorage.removeItem('theme');
      else localStorage.setItem('theme', next);
    } catch {
      // A browser that keeps nothing: for this page alone.
    }
    dispatchEvent(new Event('themechange'));
  };
  const icons = { system: '◐', light: '☀', dark: '☾' };
  return html`<button type="button" class="quiet small icon-button" onClick=${change}
    aria-label=${`Theme: ${theme}. Change to ${next}.`} title=${`Theme: ${theme}`}>
    <span aria-hidden="true">${icons[/** @type {keyof typeof icons} */ (theme)]}</span>
  </button>`;
}

/** In place of what only those with a key may see. @param {{ what: string }} properties */
export function NeedsKey({ what }) {
  return html`<${Empty} title="A key is needed here"><p>${what}</p><p><a class="button" href=${`/ui/sign-in?to=${encodeURIComponent(location.pathname)}`}>Sign in</a></p><//>`;
}
