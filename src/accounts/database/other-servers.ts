import { hostname } from 'node:os';
import type { Clock } from '../../core/clock.ts';
import { HOUR } from '../../core/durations.ts';
import { isOtherProcess } from './running-process.ts';

/** Milliseconds. */
const RENEW_EVERY = 10_000;
/** Milliseconds that a mark counts after it was seen to be renewed. */
const COUNTS_FOR = 3 * RENEW_EVERY;
/** Milliseconds after which a mark that nobody renews is removed. */
const ABANDONED_AFTER = HOUR;
/** Milliseconds in which the own mark is removed at the end, or is left. */
const CLOSE_TIMEOUT = 1_000;

/** A mark as it is found. */
export interface ServerMark {
  readonly name: string;
  /** When it was last renewed, by whatever clock: another number says that it was renewed in between. */
  readonly renewedAt: number;
  /** Milliseconds since then. */
  readonly age: number;
  /** Of the server, as `thisProcess` writes it. */
  readonly process: string;
}

/** Where servers leave their marks. */
export interface ServerMarks {
  /** What they are on, for people. */
  readonly place: string;
  readonly ownName: string;
  /** Renews the own mark. @returns those of others */
  renew(): Promise<readonly ServerMark[]>;
  remove(name: string): Promise<void>;
}

/** What the watch for other servers is told and tells. */
export interface OtherServersOptions {
  readonly marks: ServerMarks;
  /** Whether this server counts together with others, in Redis: then there is nothing to tell. */
  readonly sharesCounts: boolean;
  readonly clock: Clock;
  readonly warn: (message: string) => void;
}

interface SeenMark {
  readonly renewedAt: number;
  /** By the clock's `elapsed`: until then its server is taken to run. */
  readonly countsUntil: number;
}

/**
 * Which other servers run on this server's database. Without Redis each of them counts limits and budgets alone, so that
 * together they can overdraw; nobody should learn that from a bill. It is told and not refused: in a rolling deploy two
 * servers overlap for a moment.
 *
 * Each server has a mark beside its data, which it renews. A process that was killed leaves its mark, so a mark counts when
 * it is seen to be renewed, or at once where the process that it names runs on this machine.
 */
export class OtherServers {
  readonly #options: OtherServersOptions;
  #seen = new Map<string, SeenMark>();
  #problem: string | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: OtherServersOptions) {
    this.#options = options;
  }

  /** Sets the mark, looks for those of others, and goes on doing so. */
  async start(): Promise<void> {
    await this.look();
    this.#timer = setInterval(() => void this.look(), RENEW_EVERY).unref();
  }

  /** What the administrator should know; nothing when this server is alone or counts together with the others. */
  get problem(): string | undefined {
    return this.#problem;
  }

  /** Renews the mark, and warns when others have come. A place that cannot be asked now ends nothing and changes nothing. */
  async look(): Promise<void> {
    const { marks } = this.#options;
    const found = await marks.renew().catch(() => undefined);
    if (!found) return;
    const abandoned = found.filter(({ age }) => age > ABANDONED_AFTER);
    await Promise.allSettled(abandoned.map(({ name }) => marks.remove(name)));
    const others = this.#running(found.filter((mark) => !abandoned.includes(mark)));
    const problem = others > 0 && !this.#options.sharesCounts ? this.#describe(others) : undefined;
    if (problem && !this.#problem) this.#options.warn(problem);
    this.#problem = problem;
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    const { marks } = this.#options;
    const patience = new Promise<void>((resolve) => setTimeout(resolve, CLOSE_TIMEOUT).unref());
    await Promise.race([marks.remove(marks.ownName).catch(() => {}), patience]);
  }

  /** @returns how many of the marks are of servers that run */
  #running(marks: readonly ServerMark[]): number {
    const before = this.#seen;
    const now = this.#options.clock.elapsed();
    this.#seen = new Map(marks.map((mark) => [mark.name, seenMark(mark, before.get(mark.name), now)]));
    return [...this.#seen.values()].filter(({ countsUntil }) => countsUntil > now).length;
  }

  #describe(others: number): string {
    const count = others === 1 ? 'Another server runs' : `${others} other servers run`;
    return `${count} on ${this.#options.marks.place}, and this one has no REDIS_URL: each counts limits and budgets alone, so that budgets can be overdrawn. Stop one, or set REDIS_URL for all.`;
  }
}

function seenMark({ renewedAt, age, process: owner }: ServerMark, before: SeenMark | undefined, now: number) {
  const isRenewed = before ? before.renewedAt !== renewedAt : age < COUNTS_FOR && runsHere(owner);
  return { renewedAt, countsUntil: isRenewed ? now + COUNTS_FOR : (before?.countsUntil ?? 0) };
}

/** This process, for its mark: `<process id> <machine>`. */
export function thisProcess(): string {
  return `${process.pid} ${hostname()}`;
}

/** Whether the process that a mark names runs on this machine. */
function runsHere(owner: string): boolean {
  const [pid, host] = owner.split(' ');
  return host === hostname() && isOtherProcess(Number(pid));
}
