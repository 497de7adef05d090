/** From OpenAI's request to the body of Cohere's `POST /v2/chat` (https://docs.cohere.com/reference/chat). */
import type { ChatRequest } from '../../core/openai-types.ts';
import { FEATURE_NAMES, FEATURES, type Features, features } from '../feature-table.ts';
import { fitRequest, refuseWhenStrict, unsupported } from '../features.ts';
import { fitOptions } from '../fit/options.ts';
import { outputCap } from '../fit/output-cap.ts';
import { unsupportedFields } from '../fit/unsupported-fields.ts';
import { withJsonInstruction } from '../json-instruction.ts';
import type { Call, Target } from '../provider.ts';
import { toCohereMessages } from './cohere-messages.ts';
import { toCohereTools } from './cohere-tools.ts';

/** What Cohere has of what may be asked for. */
export const cohereFeatures: Features = features({
  audio: 'refused',
  files: 'refused',
  n: 'emulated',
  parallel_tool_calls: 'dropped',
  logit_bias: 'dropped',
  verbosity: 'dropped',
  user: 'dropped',
  metadata: 'dropped',
});

/** What has a place in the body or is decided as a feature; anything else is left out and named. */
const SUPPORTED_FIELDS = new Set<string>([
  ...FEATURE_NAMES.flatMap((name) => FEATURES[name].fields),
  ...['stream', 'stream_options', 'max_tokens', 'max_completion_tokens'],
  ...['top_k', 'thinking', 'safety_mode'],
]);

/** Fields of Cohere's own that callers may send beside OpenAI's. */
interface CohereFields {
  top_k?: number | null;
  thinking?: object | null;
  safety_mode?: string | null;
}

/** A body as it is sent. */
export interface ChatBody {
  readonly model: string;
  readonly messages: object[];
  readonly stream: boolean;
  readonly [field: string]: unknown;
}

/** @throws {UpstreamFailure} for a request that Cohere cannot take; nothing is sent then */
export function toCohereBody(
  request: ChatRequest,
  target: Target,
  call: Call,
): { body: ChatBody; dropped: readonly string[] } {
  const options = fitOptions(request);
  const unknown = unsupportedFields(options.request, SUPPORTED_FIELDS);
  const { request: fitted, dropped } = fitRequest(options.request, cohereFeatures, target, call, unknown);
  dropped.push(...options.dropped);
  const fields = fitted as ChatRequest & CohereFields;
  if (fields.logprobs && fields.top_logprobs) throw unsupported('top_logprobs', 'top_logprobs', target);
  const tools = toCohereTools(fields, dropped);
  if ((fields.tools?.length ?? 0) > 0 && !tools) throw unsupported('the tools asked for', 'tools', target);
  const stops = [fields.stop ?? []].flat();
  const cap = outputCap(fields, target, dropped);
  const body = {
    model: target.model,
    // JSON is asked for in words too: without them Cohere "may end up getting stuck generating an infinite stream of
    // characters" (its reference, `response_format`).
    messages: toCohereMessages(withJsonInstruction(fields).messages),
    stream: fields.stream,
    ...tools,
    // Cohere takes no `response_format` beside tools; the words alone have to do there.
    ...(!tools && responseFormat(fields)),
    ...(cap != null && { max_tokens: cap }),
    ...(stops.length > 0 && { stop_sequences: stops }),
    ...within('temperature', fields.temperature, dropped),
    ...within('presence_penalty', fields.presence_penalty, dropped),
    ...within('frequency_penalty', fields.frequency_penalty, dropped),
    // Cohere's range is a hair narrower than OpenAI's.
    ...(fields.top_p != null && { p: Math.min(0.99, Math.max(0.01, fields.top_p)) }),
    ...(fields.top_k != null && { k: fields.top_k }),
    ...(fields.seed != null && { seed: fields.seed }),
    ...(fields.logprobs && { logprobs: true }),
    ...thinking(fields, dropped),
    ...(fields.safety_mode != null && { safety_mode: fields.safety_mode }),
  };
  refuseWhenStrict(dropped, target, call);
  return { body, dropped };
}

/** Cohere's ranges are from 0 to 1, OpenAI's wider (temperature to 2, penalties from -2 to 2): the nearest value is sent. */
function within(
  name: 'temperature' | 'presence_penalty' | 'frequency_penalty',
  value: number | null | undefined,
  dropped: string[],
): object {
  if (value == null) return {};
  if (value < 0) dropped.push(`${name}<0`);
  if (value > 1) dropped.push(`${name}>1`);
  return { [name]: Math.min(1, Math.max(0, value)) };
}

/** One kind of JSON, with a schema or without. */
function responseFormat({ response_format: format }: ChatRequest): object {
  if (format?.type === 'json_object') return { response_format: { type: 'json_object' } };
  if (format?.type !== 'json_schema') return {};
  const { schema } = format.json_schema;
  return { response_format: { type: 'json_object', ...(schema && { json_schema: schema }) } };
}

/** Cohere's models think or do not: no effort but none can be told. */
function thinking(fields: ChatRequest & CohereFields, dropped: string[]): object {
  if (fields.thinking != null) return { thinking: fields.thinking };
  if (fields.reasoning_effort === 'none') return { thinking: { type: 'disabled' } };
  if (fields.reasoning_effort != null) dropped.push('reasoning_effort');
  return {};
}
