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

/** The same on Anthropic's wire. */
export const MESSAGE = {
  id: 'msg_bench',
  type: 'message',
  role: 'assistant',
  model: 'claude-sonnet-5-5',
  content: [{ type: 'text', text: ANSWER }],
  stop_reason: 'end_turn',
  stop_sequence: null,
  usage: { input_tokens: 42, output_tokens: 64 },
};

/** Content frames of one streamed answer, unless a question asks for another number. */
export const FRAMES = 100;

/** How a question says what stream it wants: gateways pass prompts through, so the provider finds it in the body. */
export interface StreamShape {
  readonly frames: number;
  /** Milliseconds from frame to frame; 0: as fast as possible. */
  readonly gap: number;
}

export function shapeText({ frames, gap }: StreamShape): string {
  return `frames:${frames} gap:${gap}`;
}

export function shapeIn(body: string): StreamShape {
  const found = /frames:(\d+) gap:(\d+)/.exec(body);
  return { frames: Number(found?.[1] ?? FRAMES), gap: Number(found?.[2] ?? 0) };
}

/** What every content frame holds, followed by a number that grows from frame to frame. */
export const WORD = '" word';

const head = {
  id: 'chatcmpl-bench',
  object: 'chat.completion.chunk',
  created: 1_795_000_000,
  model: COMPLETION.model,
};
const event = (delta: object, finishReason: string | null) =>
  `data: ${JSON.stringify({ ...head, choices: [{ index: 0, delta, logprobs: null, finish_reason: finishReason }] })}\n\n`;

/** The events of a streamed answer, as the OpenAI wire has them. */
export const FIRST_EVENT = event({ role: 'assistant', content: '' }, null);
export const LAST_EVENTS = [
  event({}, 'stop'),
  `data: ${JSON.stringify({ ...head, choices: [], usage: COMPLETION.usage })}\n\n`,
  'data: [DONE]\n\n',
];

const [beforeWord, afterWord] = event({ content: ' word~' }, null).split('~') as [string, string];

export function wordEvent(value: number): string {
  return beforeWord + value + afterWord;
}
