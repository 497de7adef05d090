/** A model of the file as the deployments it is made of: one, or several that share its load. */
import type { Balance } from '../providers/provider.ts';
import { catalogue } from './catalogue.ts';
import type { FileModel, ModelEntry } from './config-file-schema.ts';

/** Providers that can be asked by chat completions and by the Responses API. */
const HAS_TWO_WIRES: readonly string[] = ['openai', 'azure'];

/** One of them, and its share. */
export interface Deployment {
  readonly entry: ModelEntry;
  readonly balance: Balance | undefined;
}

/** @param problems gets a line for each deployment that says too little */
export function deploymentsOf(name: string, model: FileModel, problems: string[]): Deployment[] {
  const { deployments, balance, ...shared } = model;
  if (!deployments) {
    if (balance) problems.push(`models.${name}: balance is for a model with deployments`);
    return complete(shared, `models.${name}`, problems).map((entry) => ({ entry, balance: undefined }));
  }
  return deployments.flatMap(({ weight = 1, ...own }, at) =>
    complete({ ...shared, ...own }, `models.${name}.deployments.${at}`, problems).map((entry) => ({
      entry,
      balance: { group: name, strategy: balance ?? 'weighted', weight },
    })),
  );
}

function complete(entry: Partial<ModelEntry>, place: string, problems: string[]): ModelEntry[] {
  const { provider, model } = entry;
  if (!provider) problems.push(`${place}: provider is missing`);
  if (!model) problems.push(`${place}: model is missing (the id on the provider's wire)`);
  if (entry.wire && provider && !HAS_TWO_WIRES.includes(provider))
    problems.push(`${place}: wire is for models of ${HAS_TWO_WIRES.join(' and ')}`);
  return provider && model ? [{ ...knownFacts(provider, model), ...entry, provider, model }] : [];
}

let knownModels: Map<string, (typeof catalogue)[string]> | undefined;

/** What the catalogue knows of a provider's model: window, cap and price. The file's own word counts more. */
export function knownFacts(
  provider: string,
  model: string,
): Pick<ModelEntry, 'context_window' | 'max_output_tokens' | 'price'> {
  // Of two names for the same one the first counts.
  knownModels ??= new Map(
    Object.values(catalogue)
      .reverse()
      .map((one) => [`${one.provider}/${one.model}`, one]),
  );
  const entry = knownModels.get(`${provider}/${model}`);
  if (!entry) return {};
  const { context_window, max_output_tokens, price } = entry;
  return { context_window, max_output_tokens, price };
}
