/** Any completion a provider could send, for property tests. */
import fc from 'fast-check';
import type { ChatCompletion } from '../../src/core/openai-types.ts';

/** Prose, code, white space, and characters of several code units. */
const snippet = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.constantFrom(
    'func main() {\n\tfmt.Println("hi")\n}\n',
    '```go\n',
    '\n```\n\n',
    '    ',
    '\r\n',
    ' — naïve, “good” 世界 👋🏽 👩‍👩‍👧 e\u0301 ',
    'a_word_that_is_much_longer_than_any_piece_would_be ',
    '"quoted" \\ {"json": [1]}',
  ),
);
export const text = fc.array(snippet, { minLength: 1, maxLength: 8 }).map((parts) => parts.join(''));
const nonEmpty = text.filter((value) => value !== '');

const toolCall = fc.record(
  {
    id: fc.string({ minLength: 1 }),
    type: fc.constant('function' as const),
    function: fc.record({ name: fc.stringMatching(/^\w{1,20}$/), arguments: text }),
    // Gemini's compatibility endpoint wants its signature back.
    extra_content: fc.constant({ google: { thought_signature: 'abc' } }),
  },
  { requiredKeys: ['id', 'type', 'function'] },
);
const customCall = fc.record({
  id: fc.string({ minLength: 1 }),
  type: fc.constant('custom' as const),
  custom: fc.record({ name: fc.stringMatching(/^\w{1,20}$/), input: text }),
});

const words = fc.record(
  {
    role: fc.constant('assistant' as const),
    content: fc.oneof(text, fc.constant('')),
    reasoning_content: nonEmpty,
    refusal: nonEmpty,
    annotations: fc.constant([{ type: 'url_citation', url_citation: { url: 'https://example.com' } }]),
    x_score: fc.integer(),
  },
  { requiredKeys: ['role', 'content'] },
);
const calls = fc.record(
  {
    role: fc.constant('assistant' as const),
    content: fc.oneof(nonEmpty, fc.constant(null)),
    tool_calls: fc.array(fc.oneof(toolCall, customCall), { minLength: 1, maxLength: 3 }),
  },
  { requiredKeys: ['role', 'content', 'tool_calls'] },
);

const logprobs = fc.option(
  fc.record({
    content: fc.array(
      fc.record({
        token: fc.string(),
        logprob: fc.constant(-0.5),
        bytes: fc.constant(null),
        top_logprobs: fc.constant([]),
      }),
      { minLength: 1, maxLength: 3 },
    ),
    refusal: fc.constant(null),
  }),
);
const choice = fc.record(
  {
    message: fc.oneof(words, calls),
    logprobs,
    finish_reason: fc.constantFrom('stop', 'length', 'tool_calls', 'content_filter'),
    content_filter_results: fc.constant({ hate: { filtered: false } }),
  },
  { requiredKeys: ['message', 'logprobs', 'finish_reason'] },
);
const usage = fc.record({
  prompt_tokens: fc.nat(),
  completion_tokens: fc.nat(),
  total_tokens: fc.nat(),
  prompt_tokens_details: fc.constant({ cached_tokens: 1 }),
});

/** Without nulls that say only "not there". */
export const anyCompletion = fc
  .record(
    {
      id: fc.string(),
      object: fc.constant('chat.completion' as const),
      created: fc.nat(),
      model: fc.string(),
      choices: fc.array(choice, { minLength: 1, maxLength: 3 }),
      usage,
      system_fingerprint: fc.string(),
      x_unknown: fc.jsonValue(),
    },
    { requiredKeys: ['id', 'object', 'created', 'model', 'choices'] },
  )
  .map(
    (completion) =>
      ({
        ...completion,
        choices: completion.choices.map((made, index) => ({ index, ...made })),
      }) as unknown as ChatCompletion,
  );
