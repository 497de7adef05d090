import { z } from 'zod';
import type { ParsedRequest } from '../../chat/parsed-request.ts';
import type { Batch } from '../../core/chunk-stream.ts';
import { jsonText } from '../../core/json-pieces.ts';
import type { ChatRequest, ChunkChoice } from '../../core/openai-types.ts';
import { lengthOnly } from '../../core/raw-body.ts';
import { SSE_DONE, SSE_PING, sseData } from '../../core/sse.ts';
import { invalidRequest } from '../../failures/failure.ts';
import type { ApiFormat, CountedUsage, EventWriter, ReplyFormat } from '../api-format.ts';
import { parseFields, userOf } from '../openai-chat/body-fields.ts';
import { openAiError, openAiErrors } from '../openai-chat/openai-error.ts';
import {
  COMPLETION_FIELDS,
  KNOWN_COMPLETION_FIELDS,
  promptTexts,
  requireCompletionBody,
  toMessages,
} from '../openai-completions/completion-fields.ts';

/** Output tokens where the caller says nothing: an editor waits for some lines. */
const USUAL_OUTPUT = 256;

const FIELDS: ReadonlyMap<string, z.ZodType> = new Map([
  ...[...COMPLETION_FIELDS].filter(([name]) => !['n', 'best_of', 'echo', 'logprobs'].includes(name)),
  ['random_seed', COMPLETION_FIELDS.get('seed')!],
  ['min_tokens', z.int().min(0).nullish()],
]);
const KNOWN_FIELDS: ReadonlySet<string> = new Set([...KNOWN_COMPLETION_FIELDS, ...FIELDS.keys()]);

/**
 * Mistral's fill-in-the-middle (https://docs.mistral.ai/api/#tag/fim) as a door, for editors and `@mistralai/mistralai`: asked
 * with a prompt and a suffix, answered like a chat.
 */
export const mistralFim: ApiFormat = {
  ...openAiErrors,
  name: 'fim',
  parse: (body) => ({ parsed: parseFimRequest(body), reply }),
};

interface Fields extends Record<string, unknown> {
  readonly prompt?: unknown;
  readonly suffix?: string;
  readonly model?: string;
  readonly max_tokens?: number;
  readonly random_seed?: number;
  readonly stream?: boolean;
  readonly cache?: boolean;
  readonly strict_params?: boolean;
  readonly user?: string;
}

/** @throws {Failure} `invalid_request` */
function parseFimRequest(body: unknown): ParsedRequest {
  const {
    prompt,
    suffix = '',
    model,
    max_tokens: maxTokens = USUAL_OUTPUT,
    random_seed: seed,
    stream = false,
    cache = true,
    strict_params: strictParams = false,
    stream_options: _options,
    ...rest
  } = parseFields(
    requireCompletionBody(
      body,
      '{"model": "codestral", "prompt": "def add(a, b):", "suffix": "print(add(1, 2))"}',
    ),
    FIELDS,
    KNOWN_FIELDS,
  ) as Fields;
  if (Array.isArray(prompt) && prompt.length > 1)
    throw invalidRequest('`prompt` must be one string: send a request for each.', 'prompt');
  const request: ChatRequest = {
    ...rest,
    ...(seed !== undefined && { seed }),
    operation: 'text_completion',
    messages: toMessages(promptTexts(prompt, suffix !== '')),
    suffix,
    max_tokens: maxTokens,
    stream,
  };
  const source = lengthOnly(body);
  return {
    request,
    model,
    user: userOf(rest.user),
    cache,
    strictParams,
    door: 'fim',
    source,
    replacesOlder: true,
  };
}

const reply: ReplyFormat = {
  whole({ completion, leastLength }) {
    const { choices, usage, id, created, model } = completion;
    const answer = {
      id,
      object: 'chat.completion',
      created,
      model,
      choices: choices.map(({ index, message, finish_reason: finish }) => ({
        index,
        message: { role: 'assistant', content: message.content ?? '' },
        finish_reason: finish,
      })),
      usage,
    };
    return jsonText(answer, leastLength);
  },
  events: () => new FimEvents(),
};

/** The last chunk has the finish reason and, as at Mistral's, the usage. */
class FimEvents implements EventWriter {
  #last: object | undefined;

  chunks(batch: Batch): string {
    let text = '';
    for (const chunk of batch) {
      const { id, created, model } = chunk;
      const head = { id, object: 'chat.completion.chunk', created, model };
      for (const choice of chunk.choices) {
        const shown = { ...head, choices: [choiceOf(choice)] };
        if (choice.finish_reason) this.#last = shown;
        else if (choice.delta.content) text += sseData(JSON.stringify(shown));
      }
    }
    return text;
  }

  end(usage: CountedUsage | undefined): string {
    const last = this.#last ? sseData(JSON.stringify({ ...this.#last, usage })) : '';
    return last + SSE_DONE;
  }

  failure: EventWriter['failure'] = (failure, requestId) =>
    sseData(JSON.stringify(openAiError(failure, requestId)));

  ping(): string {
    return SSE_PING;
  }
}

function choiceOf({ index, delta, finish_reason: finish }: ChunkChoice) {
  return { index, delta: { role: 'assistant', content: delta.content ?? '' }, finish_reason: finish };
}
