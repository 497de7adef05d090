/** Milliseconds since the machine started: the same in every process, so that one can date what another sent. */
export function sharedNow(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}
