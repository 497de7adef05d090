/**
 * Every model on Replicate has an input schema of its own, and what a schema does not name is ignored without a word.
 * So what is known of each family's schema is kept here as data (the models' API pages on replicate.com, 2026-11).
 */
import { type Features, features } from '../feature-table.ts';

/** What the input schema of a family of models names. */
export interface Family {
  /** Begins the model's `owner/name`. */
  readonly names: RegExp;
  /**
   * How a conversation becomes one text. `llama-2`: the model puts `[INST] <<SYS>>…` around it. `system`: it takes
   * the system's words apart. `transcript`: all of it is one text.
   */
  readonly conversation: 'llama-2' | 'system' | 'transcript';
  /** What it calls the output cap; giving two of these names is an error (E1102). */
  readonly cap: 'max_tokens' | 'max_new_tokens' | 'max_completion_tokens';
  /** Output tokens when nobody says how many, where the model's own default (128 to 512) would cut answers short. */
  readonly defaultCap?: number;
  readonly lowestTemperature?: number;
  readonly features: Features;
}

const DEFAULT_CAP = 1_024;

/** What the schema of most language models names. */
export const replicateFeatures: Features = features({
  tools: 'refused',
  tool_choice: 'refused',
  parallel_tool_calls: 'dropped',
  images: 'refused',
  audio: 'refused',
  files: 'refused',
  json_object: 'emulated',
  json_schema: 'emulated',
  n: 'emulated',
  logprobs: 'refused',
  presence_penalty: 'dropped',
  frequency_penalty: 'dropped',
  logit_bias: 'dropped',
  reasoning_effort: 'dropped',
  verbosity: 'dropped',
  user: 'dropped',
  metadata: 'dropped',
});
const WITHOUT_STOP: Features = { ...replicateFeatures, stop: 'refused', seed: 'dropped' };

const FAMILIES: readonly Family[] = [
  {
    names: /^(?:meta|a16z-infra)\/llama-2-.*chat/,
    conversation: 'llama-2',
    cap: 'max_new_tokens',
    defaultCap: DEFAULT_CAP,
    lowestTemperature: 0.01,
    features: replicateFeatures,
  },
  {
    // The 70B model has another format, and the model's own template knows it.
    names: /^meta\/codellama-(?!70b).*instruct/,
    conversation: 'llama-2',
    cap: 'max_tokens',
    defaultCap: DEFAULT_CAP,
    features: WITHOUT_STOP,
  },
  {
    names: /^meta\/codellama-70b-instruct/,
    conversation: 'system',
    cap: 'max_tokens',
    defaultCap: DEFAULT_CAP,
    features: WITHOUT_STOP,
  },
  {
    names: /^meta\/(?:meta-)?llama-[34].*instruct/,
    conversation: 'system',
    cap: 'max_tokens',
    defaultCap: DEFAULT_CAP,
    features: replicateFeatures,
  },
  {
    names: /^mistralai\//,
    conversation: 'transcript',
    cap: 'max_new_tokens',
    defaultCap: DEFAULT_CAP,
    features: replicateFeatures,
  },
  {
    names: /^openai\/(?!o1)/,
    conversation: 'system',
    cap: 'max_completion_tokens',
    features: WITHOUT_STOP,
  },
  {
    // OpenAI's first reasoning models have no place for the system's words.
    names: /^openai\//,
    conversation: 'transcript',
    cap: 'max_completion_tokens',
    features: { ...WITHOUT_STOP, temperature: 'dropped', top_p: 'dropped' },
  },
  {
    names: /^anthropic\//,
    conversation: 'system',
    cap: 'max_tokens',
    features: { ...WITHOUT_STOP, temperature: 'dropped', top_p: 'dropped' },
  },
];

/** Nothing is known of it: its system words go where they cannot be ignored. */
const UNKNOWN: Family = {
  names: /^/,
  conversation: 'transcript',
  cap: 'max_tokens',
  features: replicateFeatures,
};

/** @param model `owner/name`, with or without `:version`; a version alone says nothing of its family */
export function familyOf(model: string): Family {
  return FAMILIES.find(({ names }) => names.test(model)) ?? UNKNOWN;
}
