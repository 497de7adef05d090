/** That a conversation is too long, in the words Claude Code acts on; the messages are the providers' own. */
import { expect, it } from 'vitest';
import { tooLongMessage } from '../../../src/api/anthropic-messages/too-long.ts';

const said = (message: string) => `openai answered 400: ${message}`;

it.each([
  [
    "This model's maximum context length is 8192 tokens. However, your messages resulted in 9001 tokens.",
    9001,
    8192,
  ],
  [
    "This model's maximum context length is 8192 tokens. However, you requested 9201 tokens (9001 in the messages, 200 in the completion).",
    9001,
    8192,
  ],
  [
    "This endpoint's maximum context length is 200000 tokens. However, you requested about 208510 tokens (208310 of text input, 200 in the output).",
    208_310,
    200_000,
  ],
  ['Prompt contains 40000 tokens, too large for model with 32768 maximum context length', 40_000, 32_768],
  ["This model's maximum prompt length is 131072 but the request contains 150000 tokens.", 150_000, 131_072],
  [
    'The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).',
    1_200_000,
    1_048_576,
  ],
  ['too many tokens: the prompt cannot exceed 4081 - received 5000.', 5000, 4081],
  ['request (9001 tokens) exceeds the available context size (8192 tokens), try increasing it', 9001, 8192],
])('%s', (message, asked, most) => {
  expect(tooLongMessage(message)).toBe(`prompt is too long: ${asked} tokens > ${most} maximum`);
});

it('where the prompt has room, less output is to be asked for', () => {
  const message =
    "This model's maximum context length is 8192 tokens. However, you requested 9201 tokens (7001 in the messages, 2200 in the completion).";
  expect(tooLongMessage(said(message))).toMatch(
    /^input length and `max_tokens` exceed context limit: 7001 \+ 2200 > 8192,/,
  );
});

it('Anthropic’s own sentences stay as they are, and one without numbers is kept', () => {
  const own = said('input length and `max_tokens` exceed context limit: 180000 + 32000 > 200000');
  expect(tooLongMessage(own)).toBe(own);
  const bare = said('Please reduce the length of the messages');
  expect(tooLongMessage(bare)).toBe(`prompt is too long: ${bare}`);
});
