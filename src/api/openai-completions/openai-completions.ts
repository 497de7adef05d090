import type { Batch } from '../../core/chunk-stream.ts';
import { jsonText } from '../../core/json-pieces.ts';
import type { Choice, ChunkChoice } from '../../core/openai-types.ts';
import { SSE_DONE, SSE_PING, sseData } from '../../core/sse.ts';
import type { ApiFormat, CountedUsage, EventWriter, ReplyFormat } from '../api-format.ts';
import { openAiError, openAiErrors } from '../openai-chat/openai-error.ts';
import { type CompletionsRequest, parseCompletionsRequest } from './completions-request.ts';
import { toOldLogprobs } from './old-logprobs.ts';

/** OpenAI's older text completions as a door: for editors' completions and for programs that have a text and want more of it. */
export const openAiCompletions: ApiFormat = {
  ...openAiErrors,
  name: 'completions',
  parse(body) {
    const parsed = parseCompletionsRequest(body);
    return { parsed, reply: replyTo(parsed) };
  },
};

function replyTo({ echoes, wantsUsageChunk }: CompletionsRequest): ReplyFormat {
  return {
    whole({ completion, leastLength }) {
      const { choices, usage, ...head } = completion;
      const answer = {
        ...headOf(head),
        choices: choices.map(({ index, message, finish_reason: finish, logprobs }) => ({
          text: (echoes[index] ?? '') + (message.content ?? ''),
          index,
          logprobs: toOldLogprobs(logprobs),
          finish_reason: finishOf(finish),
        })),
        usage,
      };
      return jsonText(answer, leastLength);
    },
    events: () => new CompletionEvents(echoes, wantsUsageChunk),
  };
}

class CompletionEvents implements EventWriter {
  readonly #echoes: readonly string[];
  readonly #wantsUsage: boolean;
  readonly #echoed = new Set<number>();
  readonly #offsets = new Map<number, number>();
  #head: object = {};

  constructor(echoes: readonly string[], wantsUsage: boolean) {
    this.#echoes = echoes;
    this.#wantsUsage = wantsUsage;
  }

  chunks(batch: Batch): string {
    let text = '';
    for (const chunk of batch) {
      const { choices, usage: _usage, ...head } = chunk;
      this.#head = headOf(head);
      const shown = choices.flatMap((choice) => this.#choice(choice) ?? []);
      if (shown.length > 0) text += sseData(JSON.stringify({ ...this.#head, choices: shown }));
    }
    return text;
  }

  end(usage: CountedUsage | undefined): string {
    if (!this.#wantsUsage || !usage) return SSE_DONE;
    return sseData(JSON.stringify({ ...this.#head, choices: [], usage })) + SSE_DONE;
  }

  failure: EventWriter['failure'] = (failure, requestId) =>
    sseData(JSON.stringify(openAiError(failure, requestId)));

  ping(): string {
    return SSE_PING;
  }

  /** @returns nothing for a delta without text: the role, or a thought */
  #choice({ index, delta, finish_reason: finish, logprobs }: ChunkChoice): object | undefined {
    const echo = this.#echoed.has(index) ? '' : (this.#echoes[index] ?? '');
    this.#echoed.add(index);
    const text = echo + (delta.content ?? '');
    if (text === '' && !finish) return undefined;
    const offset = this.#offsets.get(index) ?? 0;
    this.#offsets.set(index, offset + text.length);
    return {
      text,
      index,
      logprobs: toOldLogprobs(logprobs, offset),
      finish_reason: finish ? finishOf(finish) : null,
    };
  }
}

function headOf({ id, created, model }: { id: string; created: number; model: string }) {
  return { id: id.replace(/^chatcmpl-/, 'cmpl-'), object: 'text_completion', created, model };
}

/** There are no tools here. */
function finishOf(reason: Choice['finish_reason']): string {
  return reason === 'length' || reason === 'content_filter' ? reason : 'stop';
}
