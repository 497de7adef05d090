/** A whole answer as a response of OpenAI's Responses API. */
import { parseBoundedJson } from '../../core/bounded-json.ts';
import { reasoningDetailsOf, toEncryptedContent } from '../../core/encrypted-reasoning.ts';
import type { ChatCompletion, FinishReason, ToolCall, Usage } from '../../core/openai-types.ts';
import { freeformInput, type ResponsesTools } from './responses-tools.ts';

/** Of a response and of its items, in this API's words. */
export type Status = 'in_progress' | 'completed' | 'incomplete' | 'failed';

/** Fields of the request that a response says again. */
export interface ResponseContext {
  readonly body: Readonly<Record<string, unknown>>;
  readonly tools: ResponsesTools;
  /** Thinking is sent back with the next request, and so has to be told in a form that can be. */
  readonly wantsEncrypted: boolean;
}

/** A completion as a response. @returns the whole object; `output` is named for those who remember its items */
export function toResponse(
  completion: ChatCompletion,
  context: ResponseContext,
): { readonly output: readonly object[] } {
  const { message, finish_reason: reason } = completion.choices[0]!;
  const id = idPart(completion.id);
  const { reasoning_content: thinking } = message as { reasoning_content?: string | null };
  const encrypted = context.wantsEncrypted ? toEncryptedContent(reasoningDetailsOf(message)) : undefined;
  const text = message.content ?? '';
  const output: object[] = [
    ...(thinking || encrypted ? [reasoningItem(`rs_${id}`, thinking ?? '', encrypted)] : []),
    ...(text || message.refusal ? [messageItem(`msg_${id}`, text, message.refusal ?? undefined)] : []),
    ...(message.tool_calls ?? []).flatMap((call, index) => callItem(call, `${id}_${index}`, context.tools)),
  ];
  return responseObject({ id, model: completion.model, createdAt: completion.created }, context, {
    status: responseStatus(reason),
    reason,
    output,
    usage: toResponseUsage(completion.usage),
  });
}

/** What every event of one response says of it. */
export interface ResponseHead {
  /** The part of its id that is unique. */
  readonly id: string;
  readonly model: string;
  /** Seconds since the epoch. */
  readonly createdAt: number;
}

interface ResponseBody {
  readonly status: Status;
  readonly reason?: FinishReason | null;
  readonly output: readonly object[];
  readonly usage?: object | null;
  readonly error?: { readonly code: string; readonly message: string };
}

/** The object itself, in whatever state it is: clients expect every field, also those that say nothing here. */
export function responseObject(
  { id, model, createdAt }: ResponseHead,
  { body }: ResponseContext,
  { status, reason, output, usage = null, error }: ResponseBody,
) {
  const incomplete = reason === 'content_filter' ? 'content_filter' : 'max_output_tokens';
  return {
    id: `resp_${id}`,
    object: 'response',
    created_at: createdAt,
    status,
    background: false,
    error: error ?? null,
    incomplete_details: status === 'incomplete' ? { reason: incomplete } : null,
    instructions: body.instructions ?? null,
    max_output_tokens: body.max_output_tokens ?? null,
    model,
    output,
    parallel_tool_calls: body.parallel_tool_calls ?? true,
    previous_response_id: null,
    reasoning: { effort: null, summary: null, ...(body.reasoning as object | undefined) },
    store: false,
    temperature: body.temperature ?? 1,
    text: { format: { type: 'text' }, ...(body.text as object | undefined) },
    tool_choice: body.tool_choice ?? 'auto',
    tools: body.tools ?? [],
    top_p: body.top_p ?? 1,
    truncation: 'disabled',
    usage,
    metadata: body.metadata ?? {},
  };
}

/** How an answer ended: at a cap or by a filter it is `incomplete`, and everything else is a good end. */
export function responseStatus(reason: FinishReason | null | undefined): Status {
  return reason === 'length' || reason === 'content_filter' ? 'incomplete' : 'completed';
}

/** The unique part of a provider's id, to which each kind of item puts its own prefix. */
export function idPart(id: string): string {
  return id.replace(/^(?:chatcmpl-|msg_|resp_)/, '');
}

/** Token counts in this API's words. @returns `null` where there are none */
export function toResponseUsage(usage: Usage | undefined): object | null {
  if (!usage) return null;
  return {
    input_tokens: usage.prompt_tokens,
    input_tokens_details: { cached_tokens: usage.prompt_tokens_details?.cached_tokens ?? 0 },
    output_tokens: usage.completion_tokens,
    output_tokens_details: { reasoning_tokens: usage.completion_tokens_details?.reasoning_tokens ?? 0 },
    total_tokens: usage.total_tokens,
  };
}

/** The item of an answer's text or refusal. */
export function messageItem(
  id: string,
  text: string,
  refusal?: string,
  status: Status = 'completed',
): object {
  const content = [
    ...(text ? [{ type: 'output_text', text, annotations: [], logprobs: [] }] : []),
    ...(refusal ? [{ type: 'refusal', refusal }] : []),
  ];
  return { id, type: 'message', status, role: 'assistant', content };
}

/** The item of an answer's thoughts: as a summary, sealed, or both. */
export function reasoningItem(id: string, text: string, encrypted?: string): object {
  return {
    id,
    type: 'reasoning',
    summary: text ? [{ type: 'summary_text', text }] : [],
    ...(encrypted !== undefined && { encrypted_content: encrypted }),
  };
}

/** A call under the name and in the form in which its tool was given. */
export function callItem(call: ToolCall, id: string, tools: ResponsesTools): object[] {
  const isFreeform = call.type === 'custom';
  const { kind, name, namespace } = tools.originalOf(isFreeform ? call.custom.name : call.function.name);
  const common = { status: 'completed', call_id: call.id, name, ...(namespace && { namespace }) };
  if (isFreeform) return [{ id: `ctc_${id}`, type: 'custom_tool_call', ...common, input: call.custom.input }];
  switch (kind) {
    case 'custom':
      return [
        {
          id: `ctc_${id}`,
          type: 'custom_tool_call',
          ...common,
          input: freeformInput(call.function.arguments),
        },
      ];
    case 'local_shell':
      return [
        {
          id: `lsh_${id}`,
          type: 'local_shell_call',
          status: 'completed',
          call_id: call.id,
          action: { type: 'exec', env: {}, ...parsedAction(call.function.arguments) },
        },
      ];
    default:
      return [{ id: `fc_${id}`, type: 'function_call', ...common, arguments: call.function.arguments }];
  }
}

function parsedAction(text: string): object {
  try {
    return parseBoundedJson(text) as object;
  } catch {
    return { command: [text] };
  }
}
