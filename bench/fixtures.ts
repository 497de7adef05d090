/** What the fake provider and the bare baselines answer: the same bytes for everyone. */

export const ANSWER =
  'Here is a function that prints hello world:\n\n```python\ndef hello():\n    print("hello world")\n```\n\n' +
  'Call it with `hello()`. It needs nothing but the standard library, and prints one line to standard output.';

export const COMPLETION = {
  id: 'chatcmpl-bench',
  object: 'chat.completion',
  created: 1_795_000_000,
  model: 'togethercomputer/CodeLlama-34b-Instruct',
  choices: [
    {
      index: 0,
      message: { role: 'assistant', content: ANSWER, refusal: null },
      logprobs: null,
      finish_reason: 'stop',
    },
  ],
  usage: {
    prompt_tokens: 42,
    completion_tokens: 64,
    total_tokens: 106,
    prompt_tokens_details: { cached_tokens: 0 },
    completion_tokens_details: { reasoning_tokens: 0 },
  },
};

/** Content frames of one streamed answer. */
export const FRAMES = 100;

/** The events of a streamed answer, as the OpenAI wire has them. */
export function streamEvents(): string[] {
  const head = {
    id: 'chatcmpl-bench',
    object: 'chat.completion.chunk',
    created: 1_795_000_000,
    model: COMPLETION.model,
  };
  const event = (delta: object, finishReason: string | null) =>
    `data: ${JSON.stringify({ ...head, choices: [{ index: 0, delta, logprobs: null, finish_reason: finishReason }] })}\n\n`;
  const words = Array.from({ length: FRAMES }, (_, index) => event({ content: ` word${index}` }, null));
  const usage = `data: ${JSON.stringify({ ...head, choices: [], usage: COMPLETION.usage })}\n\n`;
  return [
    event({ role: 'assistant', content: '' }, null),
    ...words,
    event({}, 'stop'),
    usage,
    'data: [DONE]\n\n',
  ];
}
