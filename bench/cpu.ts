/**
 * CPU time of a process to the nanosecond, user and system, summed over its threads: Linux's
 * /proc/<pid>/task/<thread>/schedstat, whose first number is the time on a CPU.
 */
import { readdirSync, readFileSync } from 'node:fs';

export class CpuMeter {
  readonly #pids: readonly number[];
  /** The last reading of each thread: what a thread used still counts when it has ended. */
  readonly #threads = new Map<string, number>();

  readonly #onlyMain: boolean;

  /** @param onlyMain of the first thread of each process alone, which is the one that answers */
  constructor(pids: readonly number[], onlyMain = false) {
    this.#pids = pids;
    this.#onlyMain = onlyMain;
    this.read();
  }

  /** Microseconds since the start of the processes, or of what is known of them. */
  read(): number {
    for (const pid of this.#pids) {
      const threads = this.#onlyMain ? [String(pid)] : readdirSync(`/proc/${pid}/task`);
      for (const thread of threads) {
        try {
          const text = readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8');
          this.#threads.set(thread, Number(text.slice(0, text.indexOf(' '))));
        } catch {
          // It ended between the listing and the reading.
        }
      }
    }
    let nanoseconds = 0;
    for (const used of this.#threads.values()) nanoseconds += used;
    return nanoseconds / 1_000;
  }
}

/** Resident memory in megabytes. */
export function residentMemory(pid: number): number {
  const line = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return Number(line![1]) / 1024;
}
