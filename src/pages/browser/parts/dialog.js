/** A dialog, or a drawer at the side. The browser keeps the focus inside and gives it back. */
import { useEffect, useRef } from 'preact/hooks';
import { classes, html } from './html.js';

/** @param {{ title: string, close: () => void, isDrawer?: boolean, children?: unknown }} properties */
export function Dialog({ title, close, isDrawer = false, children }) {
  const element = useRef(/** @type {HTMLDialogElement | null} */ (null));
  const isGone = useRef(false);
  useEffect(() => {
    const dialog = element.current;
    dialog?.showModal();
    return () => {
      // Closing gives the focus back; that it was closed is told later, when another dialog may be open.
      isGone.current = true;
      dialog?.close();
    };
  }, []);
  const closed = () => {
    if (!isGone.current) close();
  };
  /** @param {MouseEvent} event */
  const closeOutside = (event) => {
    if (event.target === element.current) close();
  };
  return html`<dialog ref=${element} class=${classes(isDrawer && 'drawer')} aria-label=${title} onClose=${closed} onMouseDown=${closeOutside}>
    <div class="dialog-body">
      <header class="card-head"><h2>${title}</h2><button type="button" class="quiet small" onClick=${close}>Close</button></header>
      ${children}
    </div>
  </dialog>`;
}
