/** What the catalogue says of a model, and how its tables are written down. */
import type { ModelEntry } from '../config-file-schema.ts';

/** What a model can do, where it is known for sure: `true` it can, `false` it cannot, absent: unknown. */
export type CatalogueCapability = 'tools' | 'images' | 'json' | 'logprobs' | 'reasoning' | 'prefill';

/** A model under its short name. A field that is not known is left out. */
export type CatalogueEntry = Readonly<
  Pick<ModelEntry, 'model' | 'context_window' | 'max_output_tokens' | 'price' | 'successor'>
> & {
  /** Name of the provider that serves it. */
  readonly provider: string;
  readonly capabilities?: Readonly<Partial<Record<CatalogueCapability, boolean>>>;
  /** The day it went, or will go, off: `YYYY-MM-DD`. */
  readonly retired?: string;
  /** Where `price` was published; present with every price. */
  readonly priceSource?: string;
};

/** A line of a table: `model` may be left out where the provider knows the model by its short name. */
type Line = Omit<CatalogueEntry, 'provider' | 'model'> & { readonly model?: string };

/** One provider's table: fills in the provider and, where the line names none, the model's id. */
export function modelsOf(
  provider: string,
  lines: Readonly<Record<string, Line>>,
): Readonly<Record<string, CatalogueEntry>> {
  return Object.fromEntries(
    Object.entries(lines).map(([name, line]) => [name, { provider, model: name, ...line }]),
  );
}
