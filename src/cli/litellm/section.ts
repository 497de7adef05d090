/**
 * A part of LiteLLM's file, read name by name: what nobody has read, or what is not of the form that is understood, can be
 * told in the end, so that nothing is dropped in silence.
 */
export class Section {
  readonly #values: Readonly<Record<string, unknown>>;
  readonly #name: string;
  readonly #notes: string[];
  readonly #read = new Set<string>();

  /**
   * @param name for the notes, such as `gpt-4: … of litellm_params`
   * @param notes told what is not understood
   */
  constructor(values: Readonly<Record<string, unknown>> | null | undefined, name: string, notes: string[]) {
    this.#values = values ?? {};
    this.#name = name;
    this.#notes = notes;
  }

  /** Whatever stands there, for a reader that tells itself what it does not understand. */
  value(name: string): unknown {
    this.#read.add(name);
    return this.#values[name];
  }

  /** A text that says something; YAML gives nothing for what people leave empty. */
  text(name: string): string | undefined {
    return this.#understood(name, (value) => (typeof value === 'string' ? value : undefined));
  }

  number(name: string): number | undefined {
    return this.#understood(name, numberOf);
  }

  record(name: string): Readonly<Record<string, unknown>> | undefined {
    return this.#understood(name, (value) =>
      typeof value === 'object' && !Array.isArray(value) ? (value as Record<string, unknown>) : undefined,
    );
  }

  /** Names that say nothing which this server would need to be told. */
  ignore(...names: string[]): void {
    for (const name of names) this.#read.add(name);
  }

  /** Tells what nobody has read. */
  tellTheRest(): void {
    const rest = Object.keys(this.#values).filter(
      (name) => !this.#read.has(name) && isGiven(this.#values[name]),
    );
    if (rest.length > 0)
      this.#notes.push(`${this.#place(rest.join(', '))} ${rest.length > 1 ? 'have' : 'has'} no counterpart.`);
  }

  #understood<T>(name: string, understand: (value: unknown) => T | undefined): T | undefined {
    const value = this.value(name);
    if (!isGiven(value)) return undefined;
    const understood = understand(value);
    // Its value may be a secret.
    if (understood === undefined)
      this.#notes.push(`${this.#place(name)} is not carried over as it stands: set it by hand.`);
    return understood;
  }

  #place(names: string): string {
    return this.#name.replace('…', names);
  }
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null && value !== '';
}

/** YAML reads `1e-06` as a text and `0.000001` as a number. */
function numberOf(value: unknown): number | undefined {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) && number >= 0 ? number : undefined;
}
