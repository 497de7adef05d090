/** Targets and answers for tests that have no configuration and no wire. */
import type {
  ChatCompletion,
  ChatCompletionChunk,
  ChatRequest,
  ChunkChoice,
} from '../../src/core/openai-types.ts';
import type { Target } from '../../src/providers/provider.ts';

/** A target of a provider of its own, named `name`. */
export function makeTarget(name: string, differences: Partial<Target> = {}): Target {
  return {
    id: `${name}/model`,
    name,
    provider: name,
    model: 'model',
    apiKey: 'key',
    credential: `credential of ${name}`,
    baseUrl: undefined,
    headers: {},
    timeouts: { connect: 5_000, firstToken: 10_000, idle: 15_000, attempt: 120_000 },
    retries: 2,
    contextWindow: undefined,
    maxOutputTokens: undefined,
    dropParams: [],
    capabilities: {},
    price: undefined,
    successor: undefined,
    ...differences,
  };
}

export function makeRequest(differences: Partial<ChatRequest> = {}): ChatRequest {
  return { messages: [{ role: 'user', content: 'hello world in Go' }], stream: false, ...differences };
}

export function makeCompletion(content: string): ChatCompletion {
  return {
    id: 'chatcmpl-1',
    object: 'chat.completion',
    created: 1_700_000_000,
    model: 'model',
    choices: [
      {
        index: 0,
        message: { role: 'assistant', content, refusal: null },
        logprobs: null,
        finish_reason: 'stop',
      },
    ],
    usage: { prompt_tokens: 3, completion_tokens: 5, total_tokens: 8 },
  };
}

type Choice = ChunkChoice;

export function makeChunk(
  delta: Choice['delta'],
  finishReason: Choice['finish_reason'] = null,
  index = 0,
): ChatCompletionChunk {
  return {
    id: 'chatcmpl-1',
    object: 'chat.completion.chunk',
    created: 1_700_000_000,
    model: 'model',
    choices: [{ index, delta, finish_reason: finishReason }],
  };
}

/** An answer as a provider streams it: the role, the words, the finish reason. */
export function chunksOf(...words: string[]): ChatCompletionChunk[] {
  return [
    makeChunk({ role: 'assistant', content: '' }),
    ...words.map((content) => makeChunk({ content })),
    makeChunk({}, 'stop'),
  ];
}
