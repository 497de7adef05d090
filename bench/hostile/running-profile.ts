/**
 * A profile of the processor that always runs, in windows of some seconds: what a moment of it was spent on can be asked
 * right after it.
 */
import { type Profiler, Session } from 'node:inspector';

/** Microseconds between two samples: a turn that matters has a hundred of them. */
const INTERVAL = 2_000;
const TOP = 8;

export interface Share {
  /** `function file:line` */
  readonly place: string;
  /** Milliseconds. */
  readonly ms: number;
}

export interface TimeSpent {
  /** In a function itself. `(garbage collector)` and `(program)`, which is native code, are among them. */
  readonly self: readonly Share[];
  /** In a function of the server and all it called. */
  readonly total: readonly Share[];
}

export class RunningProfile {
  readonly #session = new Session();

  constructor() {
    this.#session.connect();
    this.#session.post('Profiler.enable');
    this.#session.post('Profiler.setSamplingInterval', { interval: INTERVAL });
    this.#session.post('Profiler.start');
  }

  /** Begins the next window, which takes some milliseconds, and forgets the last one. */
  next(): Profiler.Profile {
    let profile: Profiler.Profile;
    // Within the same thread the answer comes before `post` returns.
    this.#session.post('Profiler.stop', (_error, stopped) => {
      profile = stopped.profile;
    });
    this.#session.post('Profiler.start');
    return profile!;
  }
}

/** @param from and `to`: milliseconds of `performance.now()` */
export function timeSpent(profile: Profiler.Profile, from: number, to: number): TimeSpent {
  const nodes = new Map(profile.nodes.map((node) => [node.id, node]));
  const parents = new Map<number, number>();
  for (const { id, children = [] } of profile.nodes) for (const child of children) parents.set(child, id);
  const self = new Map<string, number>();
  const total = new Map<string, number>();
  // V8 and Node read the same clock; `performance.now()` begins with the process.
  const origin = Number(process.hrtime.bigint()) / 1e6 - performance.now();
  let at = profile.startTime / 1_000 - origin;
  for (const [index, id] of (profile.samples ?? []).entries()) {
    const took = profile.timeDeltas![index]! / 1_000;
    at += took;
    if (at < from || at > to) continue;
    add(self, placeOf(nodes.get(id)!), took);
    const above = new Set<string>();
    for (let node: number | undefined = id; node !== undefined; node = parents.get(node)) {
      const frame = nodes.get(node)!;
      if (frame.callFrame.url.includes('/src/')) above.add(placeOf(frame));
    }
    for (const place of above) add(total, place, took);
  }
  return { self: most(self), total: most(total) };
}

function add(sums: Map<string, number>, key: string, share: number): void {
  sums.set(key, (sums.get(key) ?? 0) + share);
}

function most(sums: ReadonlyMap<string, number>): Share[] {
  return [...sums]
    .map(([place, ms]) => ({ place, ms: Math.round(ms) }))
    .sort((one, other) => other.ms - one.ms)
    .slice(0, TOP);
}

function placeOf({ callFrame: { functionName, url, lineNumber } }: Profiler.ProfileNode): string {
  const name = functionName || '(anonymous)';
  if (url === '') return name;
  const file = url.replace(/^.*\/node_modules\//, '').replace(/^.*\/(?=src\/)/, '');
  return `${name} ${file}:${lineNumber + 1}`;
}
