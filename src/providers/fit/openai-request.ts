/** The one fitter of OpenAI's wire: a request as a server with this dialect takes it. */
import type { ChatRequest } from '../../core/openai-types.ts';
import { fitMessages, type MessageDialect } from '../dialect-messages.ts';
import type { Features } from '../feature-table.ts';
import { fitRequest, refuseWhenStrict, unsupported } from '../features.ts';
import { withJsonInstruction } from '../json-instruction.ts';
import type { Call, Target } from '../provider.ts';
import { withoutCacheMarks } from './cache-marks.ts';
import { withOnlyAllowedTools } from './fit-tools.ts';
import { withKnownEffort } from './model-rules.ts';
import { fitOptions } from './options.ts';
import { outputCap } from './output-cap.ts';

/** How a server's wire differs from OpenAI's. Everything left out is as OpenAI has it. */
export interface Dialect extends MessageDialect {
  /** Features that are not native. */
  readonly features?: Partial<Features>;
  /** Fields it has no place for, left out and named. */
  readonly drops?: readonly string[];
  /** Its own names for fields of OpenAI's. */
  readonly names?: Readonly<Partial<Record<keyof ChatRequest, string>>>;
  /** What it calls the output cap; the caller may use either name. Without it the caller's name stays. */
  readonly cap?: 'max_tokens' | 'max_completion_tokens';
  /** The most output tokens it takes, whatever the model; a larger cap becomes this. */
  readonly maxOutputCap?: number;
  /** It has no `stream_options`, or refuses them: its streams report usage unasked or not at all. */
  readonly refusesStreamOptions?: boolean;
  /** It cannot stream when tools are given: the answer comes whole and is streamed from here. */
  readonly toolsOnlyWhole?: boolean;
  /** As many stop sequences it takes; any number without it. */
  readonly mostStops?: number;
  /** `stop` only as a list. */
  readonly stopAsList?: boolean;
  /** `logprobs` is the number of them (Together). */
  readonly logprobsAsNumber?: boolean;
  /** Honours `tool_choice: {type: "allowed_tools"}`. */
  readonly hasAllowedTools?: boolean;
  /** Types of tools it knows beside functions; without a list it judges itself. */
  readonly toolTypes?: readonly string[];
  /** Types of `response_format` it knows; without a list it judges itself. */
  readonly formats?: readonly string[];
  /** Serves OpenAI's own models, under their names, so that the rules of their families hold. */
  readonly servesOpenAiModels?: boolean;
}

/** A body as the server takes it. */
export interface FittedBody {
  readonly body: { readonly stream?: boolean; readonly [field: string]: unknown };
  /** Names of what was left out, for `x-dropped-params`. */
  readonly dropped: readonly string[];
}

/** @throws {UpstreamFailure} unsupported, before anything is sent: see `fitRequest` */
export function fitOpenAiRequest(
  request: ChatRequest,
  dialect: Dialect,
  provided: Features,
  target: Target,
  call: Call,
): FittedBody {
  const options = fitOptions(request);
  const dropped = [...options.dropped];
  const unmarked = dialect.takesCacheMarks
    ? options.request
    : withoutCacheMarks(options.request, (name) => dropped.push(name));
  const choosesTools = unmarked.tools !== undefined && !dialect.hasAllowedTools;
  const allowed = choosesTools ? withOnlyAllowedTools(unmarked) : unmarked;
  const known = withKnownTools(allowed, dialect, target, dropped);
  refuseUnknownFormat(known, dialect, target);
  const effort = dialect.servesOpenAiModels ? withKnownEffort(known, target.model, dropped) : known;
  const featured = fitRequest(effort, provided, target, call, dialect.drops);
  const { messages, ...parameters } = asAskedForJson(featured.request, provided);
  const told = fitMessages(messages, dialect, target);
  const body = bodyOf({ ...parameters, messages: told.messages }, dialect, target, dropped);
  const all = [...new Set([...featured.dropped, ...told.dropped, ...dropped])];
  if (call.strictParams) refuseWhenStrict(all, target, call);
  return { body, dropped: all };
}

function bodyOf(
  request: ChatRequest,
  dialect: Dialect,
  target: Target,
  dropped: string[],
): FittedBody['body'] {
  const { max_tokens: older, max_completion_tokens: newer, stop, ...rest } = request;
  const isCapped = older != null || newer != null;
  const cap = isCapped ? outputCap(request, target, dropped, dialect.maxOutputCap) : undefined;
  const capName = dialect.cap ?? (newer == null ? 'max_tokens' : 'max_completion_tokens');
  const isWhole = dialect.toolsOnlyWhole && (request.tools?.length ?? 0) > 0;
  const stream = request.stream && !isWhole;
  const { logprobs, top_logprobs: top, ...others } = rest;
  const parameters = dialect.logprobsAsNumber ? others : rest;
  return {
    ...(dialect.names ? renamed(parameters, dialect.names) : parameters),
    model: target.model,
    ...(cap !== undefined && { [capName]: cap }),
    ...(stop != null && { stop: dialect.stopAsList ? [stop].flat() : stop }),
    ...(dialect.logprobsAsNumber && logprobs && { logprobs: Math.max(1, top ?? 1) }),
    stream,
    // Usage is always wanted for the receipt; the caller sees it only on request.
    stream_options:
      stream && !dialect.refusesStreamOptions
        ? { ...request.stream_options, include_usage: true }
        : undefined,
  };
}

function renamed(request: object, names: Readonly<Record<string, string>>): object {
  return Object.fromEntries(Object.entries(request).map(([name, value]) => [names[name] ?? name, value]));
}

/** Tools that only another vendor runs are named; without any that is left a forced call cannot be had. */
export function withKnownTools(
  request: ChatRequest,
  { toolTypes }: Dialect,
  target: Target,
  dropped: string[],
): ChatRequest {
  const { tools } = request;
  if (!tools || !toolTypes) return request;
  const known = tools.filter(({ type }) => type === 'function' || toolTypes.includes(type));
  if (known.length === tools.length) return request;
  const types = tools.filter((tool) => !known.includes(tool)).map(({ type }) => type as string);
  dropped.push(...types.map((type) => `tools (${/^[\w.-]{1,64}$/.test(type) ? type : 'unknown'})`));
  if (known.length > 0) return { ...request, tools: known };
  if (request.tool_choice === 'required') throw unsupported('the tools asked for', 'tools', target);
  const { tools: _tools, tool_choice: _choice, parallel_tool_calls: _parallel, ...rest } = request;
  return rest;
}

/** Grammars and regular expressions are some servers' own: an answer that need not fit is none. */
export function refuseUnknownFormat(
  { response_format: format }: ChatRequest,
  { formats }: Dialect,
  target: Target,
): void {
  if (format && formats && !['text', 'json_object', 'json_schema', ...formats].includes(format.type))
    throw unsupported('this response_format', 'response_format', target);
}

/** JSON as the server can be held to it: by one mode for the other, and by words where it needs them. */
function asAskedForJson(request: ChatRequest, provided: Features): ChatRequest {
  const type = request.response_format?.type;
  if (type === 'json_object' && provided.json_object === 'emulated') {
    if (provided.json_schema !== 'native') return withJsonInstruction(request);
    const format = {
      type: 'json_schema',
      json_schema: { name: 'answer', schema: { type: 'object' } },
    } as const;
    return { ...withJsonInstruction(request), response_format: format };
  }
  if (type === 'json_schema' && provided.json_schema === 'emulated') {
    const told = withJsonInstruction(request);
    return provided.json_object === 'native' ? { ...told, response_format: { type: 'json_object' } } : told;
  }
  return request;
}
