/**
 * Which other servers run on this server's SQLite file. Without Redis each of them counts limits and budgets alone, so that
 * together they can overdraw; nobody should learn that from a bill. It is told and not refused: in a rolling deploy two
 * servers overlap for a moment.
 *
 * Each server has a mark beside the file, whose time it renews. A process that was killed leaves its mark, so a mark counts
 * when it is seen to be renewed, or at once where the process that it names runs on this machine.
 */
import { randomBytes } from 'node:crypto';
import { readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import type { Clock } from '../../core/clock.ts';
import { HOUR } from '../../core/durations.ts';

/** Milliseconds. */
const RENEW_EVERY = 10_000;
/** Milliseconds that a mark counts after it was seen to be renewed. */
const COUNTS_FOR = 3 * RENEW_EVERY;
/** Milliseconds after which a mark that nobody renews is removed. */
const ABANDONED_AFTER = HOUR;

export interface OtherServersOptions {
  /** Of the SQLite file. */
  readonly path: string;
  /** Whether this server counts together with others, in Redis: then there is nothing to tell. */
  readonly sharesCounts: boolean;
  readonly clock: Clock;
  readonly warn: (message: string) => void;
}

interface Mark {
  /** Its time as it was last seen. */
  readonly renewedAt: number;
  /** By the clock's `elapsed`: until then its server is taken to run. */
  readonly countsUntil: number;
}

export class OtherServers {
  readonly #options: OtherServersOptions;
  readonly #stem: string;
  readonly #own: string;
  #marks = new Map<string, Mark>();
  #problem: string | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: OtherServersOptions) {
    this.#options = options;
    this.#stem = `${options.path}-server-`;
    this.#own = `${this.#stem}${process.pid}-${randomBytes(4).toString('hex')}`;
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

  /** Renews the mark, and warns when others have come. A folder that takes no file (a full disk) ends nothing. */
  async look(): Promise<void> {
    await this.#renew().catch(() => {});
    const others = await this.#others().catch(() => 0);
    const problem = others > 0 && !this.#options.sharesCounts ? this.#describe(others) : undefined;
    if (problem && !this.#problem) this.#options.warn(problem);
    this.#problem = problem;
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await rm(this.#own, { force: true }).catch(() => {});
  }

  async #renew(): Promise<void> {
    const now = new Date();
    // Somebody may have tidied it away.
    await utimes(this.#own, now, now).catch(() =>
      writeFile(this.#own, `${process.pid} ${hostname()}\n`, { mode: 0o600 }),
    );
  }

  async #others(): Promise<number> {
    const folder = dirname(this.#stem);
    const marks = new Map<string, Mark>();
    for (const name of await readdir(folder)) {
      const file = join(folder, name);
      if (!name.startsWith(basename(this.#stem)) || name === basename(this.#own)) continue;
      const mark = await this.#lookAt(file).catch(() => undefined);
      if (mark) marks.set(file, mark);
    }
    this.#marks = marks;
    const now = this.#options.clock.elapsed();
    return [...marks.values()].filter(({ countsUntil }) => countsUntil > now).length;
  }

  /** @returns nothing for a mark that was left long ago */
  async #lookAt(file: string): Promise<Mark | undefined> {
    const found = await stat(file);
    if (!found.isFile()) return undefined;
    const age = Date.now() - found.mtimeMs;
    if (age > ABANDONED_AFTER) {
      await rm(file, { force: true });
      return undefined;
    }
    const before = this.#marks.get(file);
    const isRenewed = before
      ? before.renewedAt !== found.mtimeMs
      : age < COUNTS_FOR && (await runsHere(file));
    const countsUntil = isRenewed ? this.#options.clock.elapsed() + COUNTS_FOR : (before?.countsUntil ?? 0);
    return { renewedAt: found.mtimeMs, countsUntil };
  }

  #describe(others: number): string {
    const count = others === 1 ? 'Another server runs' : `${others} other servers run`;
    const folder = resolve(dirname(this.#stem));
    return `${count} on the data folder ${folder}, and this one has no REDIS_URL: each counts limits and budgets alone, so that budgets can be overdrawn. Stop one, or set REDIS_URL for all.`;
  }
}

/** Whether the process that a mark names runs on this machine; our own number is that of a container before us. */
async function runsHere(file: string): Promise<boolean> {
  const [pid, host] = (await readFile(file, 'utf8')).trim().split(' ');
  const number = Number(pid);
  if (host !== hostname() || !Number.isSafeInteger(number) || number <= 0 || number === process.pid)
    return false;
  try {
    return process.kill(number, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
