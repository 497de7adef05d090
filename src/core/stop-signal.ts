/**
 * An `AbortSignal` as far as it is used here, and the lightest thing that is one: a call has three, and of Node's own each
 * keeps some 400 bytes for as long as its stream is open, a map for its one listener among them.
 */
export interface StopSignal {
  readonly aborted: boolean;
  /** Why; of Node's own an `any`. */
  readonly reason: unknown;
  addEventListener(type: 'abort', listener: () => void, options?: { once?: boolean }): void;
  removeEventListener(type: 'abort', listener: () => void): void;
}

/** Stops once, for good. Both the controller and its signal. */
export class Stop implements StopSignal {
  aborted = false;
  reason: unknown;
  #listeners: readonly (() => void)[] = [];

  /** Tells all listeners, in the order they came. */
  abort(reason: unknown = new Stopped()): void {
    if (this.aborted) return;
    this.aborted = true;
    this.reason = reason;
    const listeners = this.#listeners;
    this.#listeners = [];
    for (const listener of listeners) listener();
  }

  addEventListener(_type: 'abort', listener: () => void): void {
    if (!this.aborted) this.#listeners = [...this.#listeners, listener];
  }

  removeEventListener(_type: 'abort', listener: () => void): void {
    this.#listeners = this.#listeners.filter((one) => one !== listener);
  }
}

/** Named as what an `AbortController` gives for a reason. */
class Stopped extends Error {
  override readonly name = 'AbortError';

  constructor() {
    super('This operation was aborted');
  }
}
