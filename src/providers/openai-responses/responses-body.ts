/** A chat as the body of OpenAI's `POST /v1/responses` (types of openai 7.57, `ResponseCreateParams`). */
import type { ChatRequest } from '../../core/openai-types.ts';
import { fitMessages } from '../dialect-messages.ts';
import { fitRequest, refuseWhenStrict, unsupported } from '../features.ts';
import { nearestEffort } from '../fit/model-rules.ts';
import { refuseUnknownFormat, withKnownTools } from '../fit/openai-request.ts';
import { fitOptions } from '../fit/options.ts';
import { outputCap } from '../fit/output-cap.ts';
import { unsupportedFields } from '../fit/unsupported-fields.ts';
import { OPENAI_DIALECT } from '../openai-dialect.ts';
import { isReasoningModel } from '../openai-models.ts';
import type { Call, Target } from '../provider.ts';
import { toInputItems } from './input-items.ts';
import { toResponsesTool, toResponsesToolChoice } from './responses-chat-tools.ts';
import { responsesFeatures } from './responses-features.ts';
import { MIN_OUTPUT_TOKENS } from './wire-choice.ts';

/** A request as this API takes it. */
export interface ResponsesRequest {
  readonly body: { readonly stream?: boolean; readonly [field: string]: unknown };
  /** Names of what was left out, for `x-dropped-params`. */
  readonly dropped: string[];
  /** It goes as its caller wrote it. */
  readonly isNative: boolean;
  /** The caller's own instructions, where ours stand before them: a reply repeats what it was given. */
  readonly instructions?: { readonly own: unknown };
}

/** How a reply is read: as the request was made. */
export type ReadingAs = Pick<ResponsesRequest, 'isNative' | 'instructions'>;

/** Named alike on both wires. */
const SHARED = [
  ...['temperature', 'top_p', 'user', 'safety_identifier', 'metadata', 'service_tier', 'parallel_tool_calls'],
  ...['prompt_cache_key', 'prompt_cache_retention'],
] as const;
const SUPPORTED_FIELDS: ReadonlySet<string> = new Set([
  ...['messages', 'stream', 'stream_options', 'max_tokens', 'max_completion_tokens', 'store'],
  ...['tools', 'tool_choice', 'response_format', 'reasoning_effort', 'verbosity'],
  ...SHARED,
]);
const MESSAGES = {
  ...OPENAI_DIALECT,
  messageFields: [...OPENAI_DIALECT.messageFields!, 'reasoning_details'],
};

/** What has to be asked for, to be shown to the model again. */
export const ENCRYPTED_REASONING = 'reasoning.encrypted_content';

/** @throws {UpstreamFailure} unsupported, before anything is sent: see `fitRequest` */
export function toResponsesBody(request: ChatRequest, target: Target, call: Call): ResponsesRequest {
  const options = fitOptions(request);
  const dropped = [...options.dropped];
  const offered = withKnownTools(options.request, OPENAI_DIALECT, target, dropped);
  refuseUnknownFormat(offered, OPENAI_DIALECT, target);
  const unknown = unsupportedFields(offered, SUPPORTED_FIELDS);
  const featured = fitRequest(offered, responsesFeatures(target), target, call, unknown);
  const { request: known } = featured;
  const told = fitMessages(known.messages, MESSAGES, target);
  const { items, lost } = toInputItems(told.messages, call.isOtherModel === true);
  dropped.push(...featured.dropped, ...told.dropped, ...lost);
  const cap = outputCap(known, target, dropped);
  if (cap !== undefined && cap < MIN_OUTPUT_TOKENS)
    throw unsupported(`an answer of less than ${MIN_OUTPUT_TOKENS} tokens`, 'max_tokens', target);
  const { tools = [] } = known;
  const text = textOptions(known);
  const body = {
    model: target.model,
    input: items,
    ...Object.fromEntries(SHARED.flatMap((name) => (known[name] == null ? [] : [[name, known[name]]]))),
    ...(cap !== undefined && { max_output_tokens: cap }),
    ...(tools.length > 0 && { tools: tools.map(toResponsesTool) }),
    ...(known.tool_choice != null && { tool_choice: toResponsesToolChoice(known.tool_choice) }),
    ...reasoningOptions(known, target, dropped),
    ...(Object.keys(text).length > 0 && { text }),
    store: false,
    stream: known.stream,
  };
  refuseWhenStrict(dropped, target, call);
  return { body, dropped: [...new Set(dropped)], isNative: false };
}

function reasoningOptions(
  { reasoning_effort: wanted }: ChatRequest,
  target: Target,
  dropped: string[],
): object {
  // Others answer 400 to either.
  if (!isReasoningModel(target)) return {};
  const effort = wanted == null ? undefined : nearestEffort(wanted, target.model);
  if (effort !== wanted && wanted != null) dropped.push('reasoning_effort');
  return { ...(effort !== undefined && { reasoning: { effort } }), include: [ENCRYPTED_REASONING] };
}

function textOptions({ response_format: format, verbosity }: ChatRequest): object {
  return {
    ...(format?.type === 'json_schema' && { format: { type: format.type, ...format.json_schema } }),
    ...(format?.type === 'json_object' && { format: { type: format.type } }),
    ...(verbosity != null && { verbosity }),
  };
}
