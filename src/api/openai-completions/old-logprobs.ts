/** Log probabilities in the form of the older API: lists beside each other. */
import type { Choice } from '../../core/openai-types.ts';

/** @param offset of the first token in the text that is given, in characters */
export function toOldLogprobs(logprobs: Choice['logprobs'] | undefined, offset = 0): object | null {
  const tokens = logprobs?.content;
  if (!tokens) return null;
  let at = offset;
  const offsets = tokens.map(({ token }) => {
    const start = at;
    at += token.length;
    return start;
  });
  return {
    tokens: tokens.map(({ token }) => token),
    token_logprobs: tokens.map(({ logprob }) => logprob),
    top_logprobs: tokens.map(({ top_logprobs: tops }) =>
      tops.length > 0 ? Object.fromEntries(tops.map(({ token, logprob }) => [token, logprob])) : null,
    ),
    text_offset: offsets,
  };
}
