/** SIGTERM and SIGINT: the first one means finish, another one means now. */

/**
 * Milliseconds within which several signals are one: npm sends its own besides the terminal's, and a service manager that
 * tells every process of a group tells those whom their primary tells, too.
 */
const SAME_SIGNAL = 300;

/** @param now when another signal comes a while after the first */
export function onStopSignals(finish: (signal: string) => void, now: () => void): void {
  let since: number | undefined;
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      if (since === undefined) {
        since = performance.now();
        finish(signal);
      } else if (performance.now() - since > SAME_SIGNAL) now();
    });
  }
}
