/** Milliseconds since the machine started: the same in every process, so that one can date what another sent. */
const [seconds, nanoseconds] = process.hrtime();
const offset = seconds * 1_000 + nanoseconds / 1e6 - performance.now();

export function sharedNow(): number {
  return performance.now() + offset;
}
