import { type TimeoutPhase, UpstreamFailure } from '../failures/upstream-failure.ts';

const WHAT_WAS_AWAITED: Record<TimeoutPhase, string> = {
  connect: 'accept the connection',
  first_token: 'send a first token',
  idle: 'send the next part of its answer',
  attempt: 'answer',
};

/** How far signs of life may move a deadline. Milliseconds. */
export interface Extension {
  /** From each sign of life on there is as much time. */
  readonly bySign: number;
  /** From the arming on there is no more than this. */
  readonly atMost: number;
}

/**
 * The deadlines of one attempt: one timer that aborts the upstream call. It is armed anew for each frame of a stream, and
 * moved on by every sign of life, so both only note the time, and the timer looks whether it is due.
 */
export class Deadline {
  readonly #provider: string;
  readonly #caller: AbortSignal;
  readonly #stop = new AbortController();
  readonly signal = this.#stop.signal;
  #timer: NodeJS.Timeout | undefined;
  #phase: TimeoutPhase = 'connect';
  #milliseconds = 0;
  #armedAt = 0;
  /** When it was armed, or the last sign of life came. */
  #aliveAt = 0;
  #extension: Extension | undefined;
  #isArmed = false;
  #hasBeenExtended = false;
  #expired: UpstreamFailure | undefined;

  /** @param caller aborts the attempt too, when everyone who wanted the answer has left. */
  constructor(provider: string, caller: AbortSignal) {
    this.#provider = provider;
    this.#caller = caller;
    if (caller.aborted) this.#stop.abort(caller.reason);
    else caller.addEventListener('abort', this.#onCallerGone, { once: true });
  }

  /** The deadline that ran out, if one did: the true cause of whatever error the aborted call then threw. */
  get expired(): UpstreamFailure | undefined {
    return this.#expired;
  }

  get callerGone(): boolean {
    return this.#caller.aborted;
  }

  get isArmed(): boolean {
    return this.#isArmed;
  }

  /** A sign of life has come since it was armed. */
  get hasBeenExtended(): boolean {
    return this.#hasBeenExtended;
  }

  /** Milliseconds since it was armed. */
  get waited(): number {
    return performance.now() - this.#armedAt;
  }

  /** @param extension without it nothing moves the deadline */
  arm(phase: TimeoutPhase, milliseconds: number, extension?: Extension): void {
    this.#isArmed = true;
    this.#armedAt = performance.now();
    this.#aliveAt = this.#armedAt;
    this.#extension = extension;
    this.#hasBeenExtended = false;
    if (this.#timer && this.#phase === phase && this.#milliseconds === milliseconds) return;
    this.#phase = phase;
    this.#milliseconds = milliseconds;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(this.#look, Math.min(milliseconds, extension?.atMost ?? milliseconds));
  }

  /** A sign of life: the provider sent something, a comment or an empty chunk as well as a word. */
  readonly extend = (): void => {
    if (!this.#isArmed || !this.#extension) return;
    this.#aliveAt = performance.now();
    this.#milliseconds = this.#extension.bySign;
    this.#hasBeenExtended = true;
  };

  /** The timer itself runs on, as this is done for every frame of a stream; it comes to nothing. */
  disarm(): void {
    this.#isArmed = false;
  }

  /** The attempt has ended; an upstream call that still runs goes on. */
  dispose(): void {
    this.disarm();
    clearTimeout(this.#timer);
    this.#caller.removeEventListener('abort', this.#onCallerGone);
  }

  /** The attempt has failed: an upstream call that still runs is aborted. */
  abort(): void {
    this.dispose();
    this.#stop.abort();
  }

  readonly #onCallerGone = () => {
    this.disarm();
    this.#stop.abort(this.#caller.reason);
  };

  readonly #look = () => {
    this.#timer = undefined;
    // When it was this process that was held up, the answer may be here already: what has arrived is read first.
    if (this.#isArmed) setImmediate(this.#judge);
  };

  readonly #judge = () => {
    // Armed anew meanwhile, it has a timer again.
    if (!this.#isArmed || this.#timer) return;
    const now = performance.now();
    const silent = Math.ceil(this.#aliveAt + this.#milliseconds - now);
    const whole = this.#extension ? Math.ceil(this.#armedAt + this.#extension.atMost - now) : silent;
    // Timers may be a little early.
    const left = Math.min(silent, whole);
    if (left > 1) this.#timer = setTimeout(this.#look, left);
    else if (silent <= whole) this.#expire(this.#phase, this.#milliseconds);
    else this.#expire('attempt', this.#extension!.atMost);
  };

  #expire(timeout: TimeoutPhase, milliseconds: number): void {
    const message = `${this.#provider} did not ${WHAT_WAS_AWAITED[timeout]} within ${seconds(milliseconds)}.`;
    this.#expired = new UpstreamFailure({ message, timeout });
    this.#stop.abort(this.#expired);
  }
}

function seconds(milliseconds: number): string {
  return `${Math.round(milliseconds / 100) / 10} s`;
}
