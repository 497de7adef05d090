/** The deadlines of one attempt: one timer, armed anew for each phase, that aborts the upstream call. */
import { type TimeoutPhase, UpstreamFailure } from '../providers/upstream-failure.ts';

const WHAT_WAS_AWAITED: Record<TimeoutPhase, string> = {
  connect: 'accept the connection',
  first_token: 'send a first token',
  idle: 'send the next part of its answer',
  attempt: 'answer',
};

export class Deadline {
  readonly #provider: string;
  readonly #caller: AbortSignal;
  readonly #controller = new AbortController();
  #timer: NodeJS.Timeout | undefined;
  #expired: UpstreamFailure | undefined;

  /** @param caller aborts the attempt too, when everyone who wanted the answer is gone. */
  constructor(provider: string, caller: AbortSignal) {
    this.#provider = provider;
    this.#caller = caller;
    if (caller.aborted) this.#controller.abort(caller.reason);
    else caller.addEventListener('abort', this.#onCallerGone, { once: true });
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** The deadline that ran out, if one did: the true cause of whatever error the aborted call then threw. */
  get expired(): UpstreamFailure | undefined {
    return this.#expired;
  }

  get callerGone(): boolean {
    return this.#caller.aborted;
  }

  arm(phase: TimeoutPhase, milliseconds: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#expire(phase, milliseconds), milliseconds);
  }

  disarm(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  /** Ends the attempt; an upstream call that still runs is aborted only when `abort` says so. */
  dispose(abort = false): void {
    this.disarm();
    this.#caller.removeEventListener('abort', this.#onCallerGone);
    if (abort) this.#controller.abort();
  }

  readonly #onCallerGone = () => {
    this.disarm();
    this.#controller.abort(this.#caller.reason);
  };

  #expire(phase: TimeoutPhase, milliseconds: number): void {
    const message = `${this.#provider} did not ${WHAT_WAS_AWAITED[phase]} within ${seconds(milliseconds)}.`;
    this.#expired = new UpstreamFailure({ message, timeout: phase });
    this.#controller.abort(this.#expired);
  }
}

function seconds(milliseconds: number): string {
  return `${Math.round(milliseconds / 100) / 10} s`;
}
