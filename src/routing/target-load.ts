/** How busy and how quick each deployment is, for those that share a model's load. */
import type { Target } from '../providers/provider.ts';

/** The weight of the newest call in the running mean of first-token times. */
const SMOOTHING = 0.2;

interface Measured {
  inFlight: number;
  /** Milliseconds to the first token (or to the whole reply), a running mean; `undefined` before the first answer. */
  latency: number | undefined;
}

/** Kept by target object: a reloaded configuration starts anew and the old counts go with the old targets. */
export class Load {
  readonly #measured = new WeakMap<Target, Measured>();

  of(target: Target): Readonly<Measured> {
    return this.#of(target);
  }

  began(target: Target): void {
    this.#of(target).inFlight += 1;
  }

  answered(target: Target, milliseconds: number): void {
    const measured = this.#of(target);
    measured.latency =
      measured.latency === undefined
        ? milliseconds
        : measured.latency + SMOOTHING * (milliseconds - measured.latency);
  }

  ended(target: Target): void {
    this.#of(target).inFlight -= 1;
  }

  #of(target: Target): Measured {
    let measured = this.#measured.get(target);
    if (!measured) {
      measured = { inFlight: 0, latency: undefined };
      this.#measured.set(target, measured);
    }
    return measured;
  }
}
