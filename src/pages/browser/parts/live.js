/** Requests as they end, from the server's stream of them. */
import { useEffect, useState } from 'preact/hooks';
import { query, send } from './api.js';
import { readEventStream } from './event-stream.js';

/** Milliseconds before a stream that ended is asked for again. */
const PAUSE = 3_000;

/**
 * @param {boolean} isOn
 * @param {Record<string, string>} filters
 * @param {number} keep rows at most
 * @returns {{ rows: import('./reply.js').Row<'/requests'>[], problem: string | undefined, isConnected: boolean }} the newest first
 */
export function useLive(isOn, filters, keep) {
  const [rows, setRows] = useState(/** @type {import('./reply.js').Row<'/requests'>[]} */ ([]));
  const [problem, setProblem] = useState(/** @type {string | undefined} */ (undefined));
  const [isConnected, setConnected] = useState(false);
  const path = `/requests/live${query(filters)}`;
  useEffect(() => {
    setRows([]);
    setConnected(false);
    if (!isOn) return;
    const stop = new AbortController();
    const listen = async () => {
      while (!stop.signal.aborted) {
        try {
          const response = await send(path, { signal: stop.signal });
          setProblem(undefined);
          setConnected(true);
          for await (const { event, data } of readEventStream(response))
            if (event === 'request') setRows((before) => [JSON.parse(data), ...before].slice(0, keep));
        } catch (error) {
          if (stop.signal.aborted) return;
          setProblem(/** @type {Error} */ (error).message);
        }
        setConnected(false);
        await new Promise((resolve) => setTimeout(resolve, PAUSE));
      }
    };
    listen();
    return () => stop.abort();
  }, [isOn, path, keep]);
  return { rows, problem, isConnected };
}
