import type { Clock } from '../../core/clock.ts';

/** Milliseconds: so often a guesser can have all hashes read, and so long a key that another process made may have to wait. */
const REFRESH_EVERY = 5_000;

interface Source {
  /** The hashes of keys that are not revoked, of the newest where there are very many. */
  hashes(): Promise<string[]>;
  hashOf(token: string): Promise<string>;
}

/**
 * Which keys there are, without asking the database. Behind a proxy all callers have one address, and one of them who guesses
 * must neither lock out the others nor have anything looked up for each guess: there only keys that are known here go on.
 *
 * A caller who learns so that a key is right has learnt nothing that can be guessed: it has 256 random bits.
 */
export class KeysAtHand {
  readonly #source: Source;
  readonly #clock: Clock;
  #hashes: ReadonlySet<string> = new Set();
  #readAt = Number.NEGATIVE_INFINITY;

  constructor(source: Source, clock: Clock) {
    this.#source = source;
    this.#clock = clock;
  }

  /** Whether there was such a key when they were read last. */
  async has(token: string): Promise<boolean> {
    this.refresh();
    return this.#hashes.has(await this.#source.hashOf(token));
  }

  /** After a change in this process: a key that it made works at once, where they are at hand at all. */
  changed(): void {
    if (this.#readAt === Number.NEGATIVE_INFINITY) return;
    this.#readAt = Number.NEGATIVE_INFINITY;
    this.refresh();
  }

  /** Reads them again, in the background, unless that was done a moment ago. While the database is unavailable the last ones hold. */
  refresh(): void {
    const now = this.#clock.elapsed();
    if (now - this.#readAt < REFRESH_EVERY) return;
    this.#readAt = now;
    this.#source.hashes().then(
      (hashes) => {
        this.#hashes = new Set(hashes);
      },
      () => {},
    );
  }
}
