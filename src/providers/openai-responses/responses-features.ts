import { type Features, features } from '../feature-table.ts';
import { isReasoningModel } from '../openai-models.ts';
import type { Target } from '../provider.ts';

const OF_CHAT_ALONE = {
  n: 'refused',
  audio: 'refused',
  stop: 'emulated',
  logprobs: 'refused',
  seed: 'dropped',
  logit_bias: 'dropped',
  presence_penalty: 'dropped',
  frequency_penalty: 'dropped',
} as const;

const chatModelFeatures = features({ ...OF_CHAT_ALONE, reasoning_effort: 'dropped', verbosity: 'dropped' });
const reasoningModelFeatures = features({ ...OF_CHAT_ALONE, temperature: 'dropped', top_p: 'dropped' });

/** What OpenAI's models take on the Responses API, where that is less than on chat completions (its reference, 2026-11). */
export function responsesFeatures(target: Pick<Target, 'model' | 'capabilities'>): Features {
  return isReasoningModel(target) ? reasoningModelFeatures : chatModelFeatures;
}
