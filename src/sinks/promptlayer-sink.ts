/**
 * PromptLayer, by its official package. The package has no timeout, retries for 21 seconds and prints to stdout, and
 * importing it takes 150 ms, so it lives in a thread of its own: what it does there, the server never feels.
 */
import { Worker } from 'node:worker_threads';
import type { Subscriber } from '../events/event.ts';
import type { CallRecord } from '../events/receipt.ts';

/** Milliseconds for one record, the package's own retries included. */
const REQUEST_TIMEOUT = 30_000;
/** Records that the package has at a time. */
const AT_ONCE = 4;

export interface PromptLayerOptions {
  readonly apiKey: string;
  readonly baseUrl: string | undefined;
}

export function promptLayerSink(options: PromptLayerOptions): Subscriber {
  let worker: Worker | undefined;
  let lastId = 0;
  const waiting = new Map<number, (error: string | undefined) => void>();

  const lost = (error: string) => {
    worker = undefined;
    for (const settle of [...waiting.values()]) settle(error);
  };
  const start = () => {
    const started = new Worker(new URL('./promptlayer-worker.ts', import.meta.url), {
      workerData: options,
      // Its chatter is read and thrown away.
      stdout: true,
      stderr: true,
    });
    started.stdout.resume();
    started.stderr.resume();
    started.unref();
    started.on('message', ({ id, error }) => waiting.get(id)?.(error));
    started.on('error', (error) => {
      if (worker === started) lost(error instanceof Error ? error.message : String(error));
    });
    started.on('exit', () => {
      if (worker === started) lost('the worker ended');
    });
    return started;
  };

  const write = (record: CallRecord): Promise<void> => {
    const body = logRequestBody(record);
    if (!body) return Promise.resolve();
    worker ??= start();
    const id = ++lastId;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        // The package goes on with what it has, and keeps it: only the end of its thread frees that.
        void worker?.terminate();
        lost(`no answer within ${REQUEST_TIMEOUT / 1000} s`);
      }, REQUEST_TIMEOUT);
      const settle = (error: string | undefined) => {
        clearTimeout(timer);
        waiting.delete(id);
        if (error === undefined) resolve();
        else reject(new Error(error));
      };
      waiting.set(id, settle);
      worker!.postMessage({ id, body });
    });
  };

  return {
    name: 'promptlayer',
    listensTo: ['call_settled'],
    maxBatch: AT_ONCE,
    // In memory text takes up to two bytes a character, and the thread has a copy of it.
    sizeOf: (event) =>
      event.type !== 'call_settled' || event.record.request.operation === 'embeddings'
        ? 0
        : 4 * (textLength(event.record.request.messages) + textLength(event.record.answer?.completion)),
    async on(events) {
      const records = events.flatMap((event) => (event.type === 'call_settled' ? [event.record] : []));
      const results = await Promise.allSettled(records.map(write));
      const errors = results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []));
      if (errors.length > 0) throw new AggregateError(errors);
    },
    async close() {
      await worker?.terminate();
    },
  };
}

/** The body of `POST /log-request` (promptlayer 1.3.6), or nothing for a call that was not answered. */
export function logRequestBody({
  receipt,
  request,
  answer,
}: CallRecord): Record<string, unknown> | undefined {
  // It has no form for vectors.
  if (request.operation === 'embeddings') return undefined;
  if (!answer || receipt.error || receipt.client === 'closed' || !receipt.model) return undefined;
  const { messages, operation, stream: _stream, stream_options: _options, ...parameters } = request;
  const isText = operation === 'text_completion';
  const start = Date.parse(receipt.created_at) / 1000;
  const { input, cached_input: cached, cache_write: written, output, reasoning, estimated } = receipt.usage;
  return {
    provider: receipt.provider,
    model: receipt.model,
    function_name: isText ? 'openai.completions.create' : 'openai.chat.completions.create',
    ...(!isText && { api_type: 'chat-completions' }),
    status: 'SUCCESS',
    input: isText ? asText(messages) : { type: 'chat', messages: messages.map(asPromptLayerMessage) },
    output: isText
      ? asText(answer.completion.choices.map(({ message }) => message))
      : {
          type: 'chat',
          messages: answer.completion.choices.map(({ message }) => asPromptLayerMessage(message)),
        },
    request_start_time: start,
    request_end_time: start + receipt.duration_ms / 1000,
    parameters,
    tags: ['codellama-server', receipt.chain],
    // PromptLayer takes metadata as text to text.
    metadata: {
      request_id: receipt.id,
      chain: receipt.chain,
      attempts: String(receipt.attempts.length),
      attempts_story: receipt.attempts
        .map(({ target, kind }) => `${target}=${kind}`)
        .join('; ')
        .slice(0, 1000),
      fallback: String(receipt.attempts.length > 1),
      cache: receipt.cache,
      stream: String(receipt.stream),
      tokens_estimated: String(estimated),
      ...(receipt.key_id && { key: receipt.key_id }),
      ...(receipt.user && { user: receipt.user }),
    },
    input_tokens: input + cached + written,
    output_tokens: output + reasoning,
    ...(receipt.cost_usd !== null && { price: receipt.cost_usd }),
  };
}

/** Characters in all texts of a value. */
function textLength(value: unknown): number {
  if (typeof value === 'string') return value.length;
  if (typeof value !== 'object' || value === null) return 0;
  return Object.values(value).reduce((sum: number, inner) => sum + textLength(inner), 0);
}

/** The texts of a completion, which have no roles. */
function asText(messages: readonly { readonly content?: unknown }[]): object {
  return {
    type: 'completion',
    content: messages.map(({ content }) => ({ type: 'text', text: `${content ?? ''}` })),
  };
}

/** PromptLayer wants content as a list of parts. */
function asPromptLayerMessage(message: object): object {
  const { content, ...rest } = message as { content?: unknown };
  if (typeof content === 'string') return { ...rest, content: [{ type: 'text', text: content }] };
  return { ...rest, content: content ?? [] };
}
