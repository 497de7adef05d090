/** Data of the API in a component, with its three states: on its way, there, refused. */
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { call } from './api.js';
import { html } from './html.js';

/**
 * @template T
 * @typedef {{ data: T | undefined, error: Error | undefined, isLoading: boolean, reload: () => void }} Loaded
 */

/**
 * What was there stays while something newer is on its way, so that nothing jumps.
 * @template {string} Path
 * @param {Path | undefined} path nothing is asked without one
 * @returns {Loaded<import('./reply.js').ApiReply<'GET', Path>>}
 */
export function useLoad(path) {
  const [state, setState] = useState(
    /** @returns {{ data: import('./reply.js').ApiReply<'GET', Path> | undefined, error: Error | undefined, isLoading: boolean }} */ () => ({
      data: undefined,
      error: undefined,
      isLoading: path !== undefined,
    }),
  );
  const [round, setRound] = useState(0);
  const current = useRef(path);
  current.current = path;
  useEffect(() => {
    if (path === undefined) return;
    const stop = new AbortController();
    setState((before) => ({ ...before, isLoading: true }));
    call(path, { signal: stop.signal }).then(
      (data) => current.current === path && setState({ data, error: undefined, isLoading: false }),
      (error) =>
        stop.signal.aborted || setState((before) => ({ data: before.data, error, isLoading: false })),
    );
    return () => stop.abort();
  }, [path, round]);
  const reload = useCallback(() => setRound((before) => before + 1), []);
  return { ...state, reload };
}

/** @param {{ error: Error | undefined, retry?: () => void }} properties */
export function ErrorNote({ error, retry }) {
  if (!error) return null;
  return html`<div class="note bad" role="alert">
    <p>${error.message}</p>
    ${retry && html`<button type="button" class="quiet small" onClick=${retry}>Try again</button>`}
  </div>`;
}

/** @param {{ title: string, children?: unknown }} properties */
export function Empty({ title, children }) {
  return html`<div class="empty"><p class="empty-title">${title}</p>${children}</div>`;
}
