/**
 * Models by short name, so that `{"model": "starcoder"}` works without a line of configuration. A configured model of
 * the same name takes its place. Retired models stay: their names are in people's programs, and the successor
 * answers once the provider says they are gone.
 */
import { anthropic } from './catalogue/anthropic.ts';
import { huggingFace, ollama, replicate, together } from './catalogue/code-models.ts';
import type { CatalogueEntry } from './catalogue/entry.ts';
import { cerebras, fireworks, groq, openrouter } from './catalogue/hosts.ts';
import { azure, openai } from './catalogue/openai.ts';
import { ai21, cohere, deepseek, gemini, mistral, perplexity, xai } from './catalogue/other-makers.ts';

export type { CatalogueEntry } from './catalogue/entry.ts';

/** The tables the catalogue is made of, one or more a provider. No name is in two of them. */
export const catalogueTables: readonly Readonly<Record<string, CatalogueEntry>>[] = [
  together,
  openai,
  azure,
  anthropic,
  cohere,
  ai21,
  gemini,
  mistral,
  deepseek,
  xai,
  perplexity,
  huggingFace,
  replicate,
  groq,
  cerebras,
  fireworks,
  openrouter,
  ollama,
];

export const catalogue: Readonly<Record<string, CatalogueEntry>> = Object.assign({}, ...catalogueTables);
