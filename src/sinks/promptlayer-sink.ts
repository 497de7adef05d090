/** PromptLayer: every answered prompt, with what it took and cost, and what people think of it. */
import type { Subscriber } from '../events/event.ts';
import type { CallRecord } from '../events/receipt.ts';
import { type PromptLayerOptions, PromptLayerThread } from '../promptlayer/promptlayer-thread.ts';
import { contentSize } from './content-size.ts';
import { PromptLayerIds, type SharedIds } from './promptlayer-ids.ts';
import { promptLayerScores } from './promptlayer-scores.ts';

/** Milliseconds for one record, the package's own retries included. */
const REQUEST_TIMEOUT = 30_000;
/** Records that the package has at a time. */
const AT_ONCE = 4;

/** @param shared where several processes tell each other PromptLayer's numbers */
export function promptLayerSinks(options: PromptLayerOptions, shared: SharedIds | undefined): Subscriber[] {
  const thread = new PromptLayerThread(options);
  const ids = new PromptLayerIds(shared);
  return [promptLayerLog(thread, ids), promptLayerScores(thread, ids)];
}

function promptLayerLog(thread: PromptLayerThread, ids: PromptLayerIds): Subscriber {
  const write = async (record: CallRecord): Promise<void> => {
    let id: unknown;
    try {
      const body = logRequestBody(record);
      if (body) id = await thread.ask({ type: 'log', body }, REQUEST_TIMEOUT);
    } finally {
      ids.set(record.id, Number.isSafeInteger(id) ? (id as number) : undefined);
    }
  };
  return {
    name: 'promptlayer',
    listensTo: ['call_settled'],
    maxBatch: AT_ONCE,
    sizeOf: contentSize,
    async on(events) {
      const records = events.flatMap((event) => (event.type === 'call_settled' ? [event.record] : []));
      const results = await Promise.allSettled(records.map(write));
      const errors = results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []));
      if (errors.length > 0) throw new AggregateError(errors);
    },
    close: () => thread.close(),
  };
}

/** The body of `POST /log-request` (promptlayer 1.3.6), or nothing for a call that was not answered. */
export function logRequestBody({
  receipt,
  request,
  answer,
  template,
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
    // Under the template there, so that its versions can be compared.
    ...(template && {
      prompt_name: template.name,
      prompt_input_variables: template.variables,
      ...(template.version !== undefined && { prompt_version_number: template.version }),
    }),
  };
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
