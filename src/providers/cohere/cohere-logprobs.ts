/** Cohere's log probabilities as OpenAI's (`LogprobItem` of https://docs.cohere.com/reference/chat). */
import type { Choice } from '../../core/openai-types.ts';

/** A piece of text and the log probability of each token it is made of. */
export interface LogprobItem {
  text?: string;
  logprobs?: number[];
}

/** Cohere does not say which token is which part of the text, so a piece of several is one with their joint probability. */
export function toLogprobs(items: readonly LogprobItem[]): NonNullable<Choice['logprobs']> {
  return {
    content: items.map(({ text = '', logprobs = [] }) => ({
      token: text,
      bytes: [...Buffer.from(text)],
      logprob: logprobs.reduce((sum, part) => sum + part, 0),
      top_logprobs: [],
    })),
    refusal: null,
  };
}
