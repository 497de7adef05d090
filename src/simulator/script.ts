import { type Fault, parseFaultFor, parseSimulateHeader } from './faults.ts';
import { providerNames, type SimulatedProvider } from './wire.ts';

/** What the simulator has been told to do: faults to come, and answers to give. */
export class Script {
  readonly #next = new Map<SimulatedProvider, Fault[]>();
  readonly #always = new Map<SimulatedProvider, Fault>();
  readonly #answers = new Map<SimulatedProvider, string>();

  /** One fault a call, then healthy again. @throws Error on an unknown fault. */
  queue(provider: SimulatedProvider, faults: string[]): void {
    const parsed = faults.map((text) => parseFaultFor(provider, text));
    this.#next.set(provider, [...(this.#next.get(provider) ?? []), ...parsed]);
  }

  always(provider: SimulatedProvider, fault: string): void {
    this.#always.set(provider, parseFaultFor(provider, fault));
  }

  answer(provider: SimulatedProvider | 'all', text: string): void {
    for (const name of provider === 'all' ? providerNames : [provider]) this.#answers.set(name, text);
  }

  answerOf(provider: SimulatedProvider): string | undefined {
    return this.#answers.get(provider);
  }

  /**
   * The fault of the next call. The header goes before the script and does not use it up; the script goes
   * before `always`.
   * @throws Error on a bad header.
   */
  faultFor(provider: SimulatedProvider, header: string | undefined): Fault | undefined {
    const asked = header ? parseSimulateHeader(header)[provider] : undefined;
    return asked ?? this.#next.get(provider)?.shift() ?? this.#always.get(provider);
  }

  reset(): void {
    this.#next.clear();
    this.#always.clear();
    this.#answers.clear();
  }
}
