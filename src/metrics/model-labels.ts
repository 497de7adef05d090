/**
 * Models as label values. A caller may ask for any `provider/model-id`, so only configured targets, and a bounded number
 * of others that have really answered, are told apart; the rest is `other`.
 */

/** Models that no configuration names, beside the configured ones. */
const MAX_ANSWERED = 100;

/** The label of all models that are not told apart. */
export const OTHER_MODEL = 'other';

/** Gives models their label; those that have one keep it. */
export class ModelLabels {
  readonly #configuredIds: () => Iterable<string>;
  readonly #answered = new Set<string>();
  #configured: ReadonlySet<string> | undefined;

  /** @param configuredIds `provider/model` of every target of the configuration, successors among them */
  constructor(configuredIds: () => Iterable<string>) {
    this.#configuredIds = configuredIds;
  }

  /** The configuration has changed. */
  forgetConfigured(): void {
    this.#configured = undefined;
  }

  /** @param hasAnswered it exists, as it has given an answer */
  of(provider: string, model: string, hasAnswered: boolean): string {
    const id = `${provider}/${model}`;
    this.#configured ??= new Set(this.#configuredIds());
    if (this.#configured.has(id) || this.#answered.has(id)) return model;
    if (!hasAnswered || this.#answered.size >= MAX_ANSWERED) return OTHER_MODEL;
    this.#answered.add(id);
    return model;
  }
}
