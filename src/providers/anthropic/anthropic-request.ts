/** From OpenAI's request to the body of Anthropic's `POST /v1/messages` (types of @anthropic-ai/sdk 1.12). */
import type { ChatRequest } from '../../core/openai-types.ts';
import { type Features, features } from '../feature-table.ts';
import { fitRequest, refuseWhenStrict, unsupported } from '../features.ts';
import { wholeSchema, withOnlyAllowedTools } from '../fit/fit-tools.ts';
import { fitOptions } from '../fit/options.ts';
import { outputCap } from '../fit/output-cap.ts';
import { unsupportedFields } from '../fit/unsupported-fields.ts';
import type { Call, Target } from '../provider.ts';
import { type AnswerTool, answerFormat } from './answer-format.ts';
import { toAnthropicMessages, withoutPrefill } from './anthropic-messages.ts';
import { REFUSES_SAMPLING, TAKES_ONE_SAMPLER, THINKS_BY_EFFORT } from './anthropic-models.ts';
import { fitThinking } from './anthropic-thinking.ts';
import { isForced, toAnthropicToolChoice, toAnthropicTools, toolsOfThePast } from './anthropic-tools.ts';

/** `max_tokens` is required by Anthropic; this many when neither the caller nor the configuration says. */
const DEFAULT_MAX_TOKENS = 4_096;
/** Thoughts count, too. */
const THINKING_MAX_TOKENS = 32_000;
const SAMPLING = ['temperature', 'top_p', 'top_k'];
/** What we send on; anything else Anthropic answers with 400, so it is left out and named. */
const SUPPORTED_FIELDS = new Set([
  ...[
    'messages',
    'stream',
    'stream_options',
    'max_tokens',
    'max_completion_tokens',
    'stop',
    'tools',
    'tool_choice',
  ],
  ...[
    'parallel_tool_calls',
    'response_format',
    'user',
    'thinking',
    'reasoning_effort',
    'cache_control',
    ...SAMPLING,
  ],
]);

/** What Anthropic has of what may be asked for. */
export const anthropicFeatures: Features = features({
  audio: 'refused',
  json_object: 'emulated',
  json_schema: 'emulated',
  n: 'emulated',
  logprobs: 'refused',
  presence_penalty: 'dropped',
  frequency_penalty: 'dropped',
  seed: 'dropped',
  logit_bias: 'dropped',
  verbosity: 'dropped',
  metadata: 'dropped',
});

/** A body as it is sent. */
export interface AnthropicBody {
  model: string;
  max_tokens: number;
  [field: string]: unknown;
}

/** A request as Anthropic takes it, and what of it had to be left out. */
export interface AnthropicRequest {
  readonly body: AnthropicBody;
  readonly dropped: string[];
  /** The tool whose input is the answer, where JSON is asked for. */
  readonly answer: AnswerTool | undefined;
}

/** @throws {UpstreamFailure} unsupported, before anything is sent: see `fitRequest` */
export function toAnthropicRequest(request: ChatRequest, target: Target, call: Call): AnthropicRequest {
  const options = fitOptions(request);
  const offered = withOnlyAllowedTools(options.request);
  const unwanted = [
    ...unsupportedFields(offered, SUPPORTED_FIELDS),
    ...refusedSampling(offered, target.model),
  ];
  const { request: known, dropped } = fitRequest(offered, anthropicFeatures, target, call, unwanted);
  dropped.push(...options.dropped);
  const fields = known as ChatRequest & { top_k?: number; thinking?: unknown; cache_control?: unknown };
  const { system, messages: turns } = toAnthropicMessages(fields.messages, call.isOtherModel);
  const takesPrefill = target.capabilities.prefill ?? !THINKS_BY_EFFORT.test(target.model);
  const messages = takesPrefill ? turns : withoutPrefill(turns);
  const ownTools = toAnthropicTools(fields.tools ?? [], dropped);
  if (ownTools.length === 0 && isForced(fields)) throw unsupported('the tools asked for', 'tools', target);
  const json = isForced(fields) ? {} : answerFormat(fields, target.model);
  const cap = outputCap(fields, target, dropped);
  const isAsked = fields.thinking != null || fields.reasoning_effort != null;
  const maxTokens = cap ?? target.maxOutputTokens ?? (isAsked ? THINKING_MAX_TOKENS : DEFAULT_MAX_TOKENS);
  const { thinking, effort } = fitThinking(
    {
      request: fields,
      model: target.model,
      turns: messages,
      cap: maxTokens,
      isForced: isForced(fields) || json.tool !== undefined,
    },
    dropped,
  );
  const isThinking = thinking !== undefined && thinking.type !== 'disabled';
  const outputConfig = { ...(effort && { effort }), ...(json.format && { format: json.format }) };
  const past = ownTools.length === 0 && !json.tool ? toolsOfThePast(fields.messages) : [];
  const offeredTools = json.tool ? [...withoutChoice(fields, ownTools), answerTool(json.tool)] : ownTools;
  const body = {
    model: target.model,
    max_tokens: maxTokens,
    messages,
    ...(system.length > 0 && { system }),
    ...sampling(fields, isThinking, dropped),
    ...stopSequences(fields),
    ...(offeredTools.length > 0 && {
      tools: offeredTools,
      tool_choice: toAnthropicToolChoice(fields, json.tool),
    }),
    // A conversation with calls wants tools, which are not to be called any more where the caller offers none.
    ...(past.length > 0 && { tools: past, tool_choice: { type: 'none' } }),
    ...(fields.user && { metadata: { user_id: fields.user } }),
    ...(thinking && { thinking }),
    ...(Object.keys(outputConfig).length > 0 && { output_config: outputConfig }),
    ...(fields.cache_control != null && { cache_control: fields.cache_control }),
    ...(fields.stream && { stream: true }),
  };
  refuseWhenStrict(dropped, target, call);
  return { body, dropped, answer: json.tool };
}

/** Tools that may not be called would be, where another one must. */
function withoutChoice({ tool_choice: choice }: ChatRequest, list: object[]): object[] {
  return choice === 'none' ? [] : list;
}

function answerTool({ name, schema }: AnswerTool): object {
  return {
    name,
    description: 'Takes the answer to the user. Call it to answer.',
    input_schema: wholeSchema(schema),
  };
}

/** OpenAI's range of temperatures goes to 2, Anthropic's to 1; beside thinking none may be chosen. */
function sampling(fields: ChatRequest & { top_k?: number }, isThinking: boolean, dropped: string[]): object {
  const { temperature, top_p: topP, top_k: topK } = fields;
  if (isThinking) {
    if (temperature != null && temperature !== 1) dropped.push('temperature');
    if (topP != null && topP < 0.95) dropped.push('top_p');
    if (topK != null) dropped.push('top_k');
    return topP != null && topP >= 0.95 ? { top_p: topP } : {};
  }
  if ((temperature ?? 0) > 1) dropped.push('temperature>1');
  return {
    ...(temperature != null && { temperature: Math.min(1, temperature) }),
    ...(topP != null && { top_p: topP }),
    ...(topK != null && { top_k: topK }),
  };
}

function stopSequences({ stop }: ChatRequest): object {
  const stops = [stop ?? []].flat();
  return stops.length > 0 ? { stop_sequences: stops } : {};
}

function refusedSampling(request: ChatRequest, model: string): string[] {
  if (REFUSES_SAMPLING.test(model)) return SAMPLING;
  return TAKES_ONE_SAMPLER.test(model) && request.temperature != null ? ['top_p'] : [];
}
