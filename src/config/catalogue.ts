/**
 * Models by short name, so that `{"model": "starcoder"}` works without a line of configuration. A configured model of
 * the same name takes its place. Retired models stay: their names are in people's programs, and the successor
 * answers once the provider says they are gone.
 */
import { anthropicModels } from './catalogue/anthropic.ts';
import { huggingFaceModels, ollamaModels, replicateModels, togetherModels } from './catalogue/code-models.ts';
import type { CatalogueEntry } from './catalogue/entry.ts';
import { cerebrasModels, fireworksModels, groqModels, openrouterModels } from './catalogue/hosts.ts';
import { azureModels, openaiModels } from './catalogue/openai.ts';
import {
  ai21Models,
  cohereModels,
  deepseekModels,
  geminiModels,
  mistralModels,
  perplexityModels,
  xaiModels,
} from './catalogue/other-makers.ts';

export type { CatalogueEntry } from './catalogue/entry.ts';

/** The tables the catalogue is made of, one or more a provider. No name is in two of them. */
export const catalogueTables: readonly Readonly<Record<string, CatalogueEntry>>[] = [
  togetherModels,
  openaiModels,
  azureModels,
  anthropicModels,
  cohereModels,
  ai21Models,
  geminiModels,
  mistralModels,
  deepseekModels,
  xaiModels,
  perplexityModels,
  huggingFaceModels,
  replicateModels,
  groqModels,
  cerebrasModels,
  fireworksModels,
  openrouterModels,
  ollamaModels,
];

/** Every model by its short name, which only one of the tables has (a test says so). */
export const catalogue: Readonly<Record<string, CatalogueEntry>> = Object.assign({}, ...catalogueTables);
