/**
 * What a request may ask for beyond text, and how each provider meets it. One table drives three things: what is
 * left out and named, what is refused with a reason, and the documentation's table of providers and features.
 */
import type { ChatRequest } from '../core/openai-types.ts';

/** How a provider meets a feature. */
export type Support =
  /** The provider has it under the same or another name. */
  | 'native'
  /** We make it of what the provider has: several calls for `n`, an instruction for JSON. */
  | 'emulated'
  /** Left out and named in `x-dropped-params`: it does not change what is asked. */
  | 'dropped'
  /** A target that lacks it is passed over; when none has it the caller gets a 400. */
  | 'refused';

/** One thing a request may ask for. */
export interface Feature {
  readonly isUsed: (request: ChatRequest) => boolean;
  /** Request fields that carry it, and are left out with it. */
  readonly fields: readonly string[];
  /** What becomes of it where a model is said not to have it. */
  readonly without: 'dropped' | 'refused';
}

const has =
  (...fields: (keyof ChatRequest)[]) =>
  (request: ChatRequest) =>
    fields.some((field) => request[field] !== undefined && request[field] !== null);
const hasPart = (type: string) => (request: ChatRequest) =>
  request.messages.some(
    ({ content }) => Array.isArray(content) && content.some((part) => part.type === type),
  );
const format = (type: string) => (request: ChatRequest) => request.response_format?.type === type;
const simple = (field: keyof ChatRequest, without: Feature['without']): Feature => ({
  isUsed: has(field),
  fields: [field],
  without,
});

/** A penalty of 0 is none. */
const penalty = (field: 'presence_penalty' | 'frequency_penalty'): Feature => ({
  isUsed: (request) => (request[field] ?? 0) !== 0,
  fields: [field],
  without: 'dropped',
});

/** All of them, in the order of the documentation's table. */
export const FEATURES = {
  tools: {
    isUsed: ({ tools }) => (tools?.length ?? 0) > 0,
    fields: ['tools', 'tool_choice', 'parallel_tool_calls'],
    without: 'refused',
  },
  tool_choice: {
    isUsed: ({ tool_choice: choice }) => choice != null && choice !== 'auto',
    fields: ['tool_choice'],
    without: 'refused',
  },
  parallel_tool_calls: {
    isUsed: (request) => request.parallel_tool_calls === false,
    fields: ['parallel_tool_calls'],
    without: 'dropped',
  },
  images: { isUsed: hasPart('image_url'), fields: ['messages'], without: 'refused' },
  audio: { isUsed: hasPart('input_audio'), fields: ['messages'], without: 'refused' },
  files: { isUsed: hasPart('file'), fields: ['messages'], without: 'refused' },
  json_object: { isUsed: format('json_object'), fields: ['response_format'], without: 'refused' },
  json_schema: { isUsed: format('json_schema'), fields: ['response_format'], without: 'refused' },
  n: { isUsed: ({ n }) => (n ?? 1) > 1, fields: ['n'], without: 'refused' },
  logprobs: {
    isUsed: ({ logprobs }) => logprobs === true,
    fields: ['logprobs', 'top_logprobs'],
    without: 'refused',
  },
  stop: simple('stop', 'refused'),
  temperature: simple('temperature', 'dropped'),
  top_p: simple('top_p', 'dropped'),
  presence_penalty: penalty('presence_penalty'),
  frequency_penalty: penalty('frequency_penalty'),
  seed: simple('seed', 'dropped'),
  logit_bias: simple('logit_bias', 'dropped'),
  reasoning_effort: simple('reasoning_effort', 'dropped'),
  verbosity: simple('verbosity', 'dropped'),
  user: simple('user', 'dropped'),
  metadata: simple('metadata', 'dropped'),
} as const satisfies Record<string, Feature>;

/** See {@link FEATURES}. */
export type FeatureName = keyof typeof FEATURES;
/** How a provider meets each feature. */
export type Features = Readonly<Record<FeatureName, Support>>;
/** What is known of one model: `true` it has the feature, `false` it has not. */
export type Capabilities = Readonly<Partial<Record<FeatureName | 'prefill', boolean>>>;

/** Their names, in the same order. */
export const FEATURE_NAMES = Object.keys(FEATURES) as FeatureName[];

/** All native, but for these. */
export function features(differences: Partial<Features> = {}): Features {
  const all = Object.fromEntries(FEATURE_NAMES.map((name) => [name, 'native'])) as Features;
  return { ...all, ...differences };
}
