/** From OpenAI's request to the body of Anthropic's `POST /v1/messages` (types of @anthropic-ai/sdk 1.12). */
import type { ChatRequest } from '../../core/openai-types.ts';
import { type Features, features, fitRequest, refuseWhenStrict } from '../features.ts';
import { jsonInstruction } from '../json-instruction.ts';
import type { Call, Target } from '../provider.ts';
import { toAnthropicMessages } from './messages.ts';
import { toolChoice, tools } from './tools.ts';

/** `max_tokens` is required by Anthropic; this many when neither the caller nor the configuration says. */
const DEFAULT_MAX_TOKENS = 4_096;
/**
 * These refuse sampling parameters under any version: Opus from 4.7 and every family (Opus, Sonnet, Haiku, Fable,
 * Mythos) from 5 (Anthropic's migration guide). A date is not a version: `claude-opus-4-20250514` takes them.
 */
const REFUSES_SAMPLING = /^claude-(?:opus-4-(?:[7-9]|\d\d)(?!\d)|[a-z]+-(?:[5-9]|\d\d)(?!\d)|mythos-preview)/;
/** These take one of `temperature` and `top_p` ("cannot both be specified for this model"). */
const TAKES_ONE_SAMPLER = /^claude-(?:opus-4-[1-6]|sonnet-4-[5-9]|haiku-4-[5-9])(?!\d)/;
const SAMPLING = ['temperature', 'top_p', 'top_k'];
/** What we send on; anything else Anthropic answers with 400, so it is left out and named. */
const UNDERSTOOD = new Set([
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
  ...['parallel_tool_calls', 'response_format', 'user', 'thinking', ...SAMPLING],
]);

export const anthropicFeatures: Features = features({
  audio: 'refused',
  files: 'refused',
  json_object: 'emulated',
  json_schema: 'emulated',
  n: 'emulated',
  logprobs: 'refused',
  presence_penalty: 'dropped',
  frequency_penalty: 'dropped',
  seed: 'dropped',
  logit_bias: 'dropped',
  reasoning_effort: 'dropped',
  verbosity: 'dropped',
  metadata: 'dropped',
});

export interface MessagesBody {
  model: string;
  max_tokens: number;
  [field: string]: unknown;
}

export function messagesBody(
  request: ChatRequest,
  target: Target,
  call: Call,
): { body: MessagesBody; dropped: string[] } {
  const unwanted = [...foreignNames(request), ...refusedSampling(request, target.model)];
  const { request: known, dropped } = fitRequest(request, anthropicFeatures, target, call, unwanted);
  const fields = known as ChatRequest & { top_k?: number; thinking?: unknown };
  const { system, messages } = toAnthropicMessages(fields.messages);
  const format = jsonInstruction(fields.response_format);
  const systemBlocks = format ? [...system, { type: 'text', text: format }] : system;
  const allStops = [fields.stop ?? []].flat();
  // Anthropic refuses stop sequences of white space.
  const stops = allStops.filter((stop) => stop.trim() !== '');
  if (stops.length < allStops.length) dropped.push('stop (white space)');
  const functions = tools(fields.tools ?? []);
  if (functions.length < (fields.tools?.length ?? 0)) dropped.push('tools (custom)');
  if ((fields.temperature ?? 0) > 1) dropped.push('temperature>1');
  refuseWhenStrict(dropped, target, call);
  return {
    dropped,
    body: {
      model: target.model,
      max_tokens:
        fields.max_completion_tokens ?? fields.max_tokens ?? target.maxOutputTokens ?? DEFAULT_MAX_TOKENS,
      messages,
      ...(systemBlocks.length > 0 && { system: systemBlocks }),
      // OpenAI's range goes to 2, Anthropic's to 1.
      ...(fields.temperature != null && { temperature: Math.min(1, fields.temperature) }),
      ...(fields.top_p != null && { top_p: fields.top_p }),
      ...(fields.top_k != null && { top_k: fields.top_k }),
      ...(stops.length > 0 && { stop_sequences: stops }),
      ...(functions.length > 0 && { tools: functions, tool_choice: toolChoice(fields) }),
      ...(fields.user && { metadata: { user_id: fields.user } }),
      ...(fields.thinking != null && { thinking: fields.thinking }),
      ...(fields.stream && { stream: true }),
    },
  };
}

/** Names go into a header (`x-dropped-params`), and unknown ones are the caller's to choose: only plain ones, and not too many. */
function foreignNames(request: ChatRequest): string[] {
  return Object.keys(request)
    .filter((name) => !UNDERSTOOD.has(name) && !meansNothing(request, name))
    .filter((name) => /^[\w.-]{1,64}$/.test(name))
    .slice(0, 50);
}

function refusedSampling(request: ChatRequest, model: string): string[] {
  if (REFUSES_SAMPLING.test(model)) return SAMPLING;
  return TAKES_ONE_SAMPLER.test(model) && request.temperature != null ? ['top_p'] : [];
}

/** Set to what would be so anyway, so that leaving it out loses nothing. */
function meansNothing(request: ChatRequest, name: string): boolean {
  const value = (request as unknown as Record<string, unknown>)[name];
  return value === false || (name === 'n' && value === 1) || (name.endsWith('_penalty') && value === 0);
}
