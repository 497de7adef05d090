/** A button that copies text, also over plain http, where browsers have no clipboard API. */
import { useEffect, useState } from 'preact/hooks';
import { html } from './html.js';

/** @param {string} text @returns {Promise<boolean>} whether it is in the clipboard */
export async function copyText(text) {
  try {
    if (navigator.clipboard) {
      await navigator.clipboard.writeText(text);
      return true;
    }
  } catch {
    // Not allowed: the old way.
  }
  const area = document.createElement('textarea');
  area.value = text;
  area.className = 'visually-hidden';
  // Within an open dialog nothing outside of it can be selected.
  const place = document.querySelector('dialog[open]') ?? document.body;
  const focused = /** @type {HTMLElement | null} */ (document.activeElement);
  place.append(area);
  area.select();
  const copied = document.execCommand('copy');
  area.remove();
  focused?.focus();
  return copied;
}

/** @param {{ text: string | (() => string), label?: string, what?: string }} properties `what` is copied, for screen readers */
export function CopyButton({ text, label = 'Copy', what = '' }) {
  const [said, say] = useState('');
  useEffect(() => {
    if (!said) return;
    const timer = setTimeout(() => say(''), 2000);
    return () => clearTimeout(timer);
  }, [said]);
  const copy = async () => {
    say(
      (await copyText(typeof text === 'function' ? text() : text)) ? 'Copied' : 'Select it and press Ctrl+C',
    );
  };
  return html`<button type="button" class="quiet small copy" onClick=${copy} aria-label=${what && !said ? `${label} ${what}` : undefined}>
    <span aria-live="polite">${said || label}</span>
  </button>`;
}
