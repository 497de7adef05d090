/**
 * Loaded into the server under test (`--import`): long turns of its event loop in time of the processor, which others on the
 * machine do not lengthen as they do time on the clock, and what each was spent on. Written to the file that TURN_FILE names.
 */
import { type PerformanceEntry, PerformanceObserver } from 'node:perf_hooks';
import { isMainThread } from 'node:worker_threads';
import { type Collection, TurnFile } from './long-turns.ts';
import { RunningProfile, timeSpent } from './running-profile.ts';

const EVERY = 10;
/** Milliseconds of the processor from which a turn is told of. */
const LONG = Number(process.env.TURN_LONG ?? 100);
/** Milliseconds of the clock: a shorter turn cannot be as long. */
const SUSPICIOUS = 40;
/** Milliseconds of a window of the profile. */
const WINDOW = 5_000;
/** Milliseconds after which all that a turn has collected is told by Node. */
const LATER = 100;

/** V8's kinds, as `perf_hooks.constants` numbers them. */
const KINDS: Readonly<Record<number, string>> = { 1: 'minor', 4: 'major', 8: 'incremental', 16: 'weak' };

// The threads of the server load this, too: however long a turn of theirs takes, nobody waits for it.
if (isMainThread) watch(new TurnFile(process.env.TURN_FILE!));

function watch(file: TurnFile): void {
  const profile = new RunningProfile();
  let collections: Collection[] = [];
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries())
      collections.push({
        kind: KINDS[(entry as PerformanceEntry & { detail: { kind: number } }).detail.kind] ?? 'other',
        startedAt: entry.startTime,
        ms: Math.round(entry.duration),
      });
    if (collections.length > 1_000) collections = collections.slice(-500);
  }).observe({ entryTypes: ['gc'] });

  let windowEnds = performance.now() + WINDOW;
  let before = performance.now();
  let used = process.threadCpuUsage();
  setInterval(() => {
    const now = performance.now();
    const from = before;
    const { user, system } = process.threadCpuUsage(used);
    const busy = (user + system) / 1_000;
    const isLong = now - from >= SUSPICIOUS && busy >= LONG;
    if (isLong || now >= windowEnds) {
      const ended = profile.next();
      windowEnds = performance.now() + WINDOW;
      if (isLong) {
        const turn = {
          ms: busy,
          systemMs: system / 1_000,
          from: performance.timeOrigin + from,
          to: performance.timeOrigin + now,
          heapMb: Math.round(process.memoryUsage().heapUsed / 1024 / 1024),
          ...timeSpent(ended, from, now),
        };
        const hasSeen = ({ startedAt, ms }: Collection) =>
          ms > 0 && startedAt + ms >= from && startedAt <= now;
        setTimeout(() => file.add({ ...turn, collections: collections.filter(hasSeen) }), LATER).unref();
      }
    }
    // What the watch itself has taken is no turn.
    before = performance.now();
    used = process.threadCpuUsage();
  }, EVERY).unref();
}
