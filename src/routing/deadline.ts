/**
 * The deadlines of one attempt: one timer that aborts the upstream call. It is armed anew for each frame of a stream, so
 * arming only notes the time, and the timer looks whether it is due.
 */
import { Stop, type StopSignal } from '../core/stop-signal.ts';
import { type TimeoutPhase, UpstreamFailure } from '../failures/upstream-failure.ts';

const WHAT_WAS_AWAITED: Record<TimeoutPhase, string> = {
  connect: 'accept the connection',
  first_token: 'send a first token',
  idle: 'send the next part of its answer',
  attempt: 'answer',
};

export class Deadline {
  readonly #provider: string;
  readonly #caller: StopSignal;
  readonly #stop = new Stop();
  #timer: NodeJS.Timeout | undefined;
  #phase: TimeoutPhase = 'connect';
  #milliseconds = 0;
  #armedAt = 0;
  #isArmed = false;
  #expired: UpstreamFailure | undefined;

  /** @param caller aborts the attempt too, when everyone who wanted the answer is gone. */
  constructor(provider: string, caller: StopSignal) {
    this.#provider = provider;
    this.#caller = caller;
    if (caller.aborted) this.#stop.abort(caller.reason);
    else caller.addEventListener('abort', this.#onCallerGone, { once: true });
  }

  get signal(): StopSignal {
    return this.#stop;
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

  arm(phase: TimeoutPhase, milliseconds: number): void {
    this.#isArmed = true;
    this.#armedAt = performance.now();
    if (this.#timer && this.#phase === phase && this.#milliseconds === milliseconds) return;
    this.#phase = phase;
    this.#milliseconds = milliseconds;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(this.#look, milliseconds);
  }

  /** The timer itself runs on, as this is done for every frame of a stream; it comes to nothing. */
  disarm(): void {
    this.#isArmed = false;
  }

  /** Ends the attempt; an upstream call that still runs is aborted only when `abort` says so. */
  dispose(abort = false): void {
    this.disarm();
    clearTimeout(this.#timer);
    this.#caller.removeEventListener('abort', this.#onCallerGone);
    if (abort) this.#stop.abort();
  }

  readonly #onCallerGone = () => {
    this.disarm();
    this.#stop.abort(this.#caller.reason);
  };

  readonly #look = () => {
    this.#timer = undefined;
    if (!this.#isArmed) return;
    const left = Math.ceil(this.#armedAt + this.#milliseconds - performance.now());
    // Timers may be a little early.
    if (left > 1) this.#timer = setTimeout(this.#look, left);
    else this.#expire();
  };

  #expire(): void {
    const timeout = this.#phase;
    const message = `${this.#provider} did not ${WHAT_WAS_AWAITED[timeout]} within ${seconds(this.#milliseconds)}.`;
    this.#expired = new UpstreamFailure({ message, timeout });
    this.#stop.abort(this.#expired);
  }
}

function seconds(milliseconds: number): string {
  return `${Math.round(milliseconds / 100) / 10} s`;
}
