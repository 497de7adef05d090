/** OpenAI's older endpoint for plain text, which many servers have, and those that makers of code models have for gaps. */
import type { ChatRequest } from '../../core/openai-types.ts';
import type { Features } from '../feature-table.ts';
import { fitRequest, refuseWhenStrict } from '../features.ts';
import type { Dialect } from '../fit/openai-request.ts';
import { fitOptions } from '../fit/options.ts';
import { outputCap } from '../fit/output-cap.ts';
import { fanOut } from '../n-choices.ts';
import { sendOpenAiShaped } from '../openai-wire.ts';
import { memoizePerTarget, prepareRequest } from '../prepared-request.ts';
import type { Call, Gap, Provider, Reply, Target } from '../provider.ts';
import type { Transport } from '../transport.ts';
import { controlTokensOf, inControlTokens } from './control-tokens.ts';

/** How a server's endpoint differs from OpenAI's. */
export interface CompletionEndpoint {
  /** After the base URL. */
  readonly path: string;
  /** The models it has there; all without it. */
  readonly models?: RegExp;
  /** Takes what follows the gap as `suffix`. Others get it in the control tokens of models that know some. */
  readonly takesSuffix?: boolean;
  /** Gives one choice a call, whatever its chats do. */
  readonly givesOneChoice?: boolean;
}

/** What is needed to ask it. */
export interface CompletionEndpointOptions {
  readonly endpoint: CompletionEndpoint;
  readonly dialect: Pick<Dialect, 'drops' | 'names' | 'maxOutputCap' | 'refusesStreamOptions' | 'stopAsList'>;
  readonly features: (target: Target) => Features;
  /** An official package's client for the target. */
  readonly client: (target: Target) => Promise<unknown>;
}

/** Stop sequences that OpenAI and most others take. */
const MAX_STOPS = 4;

/** @returns the provider's `complete` */
export function completionEndpoint(
  transport: Transport,
  { endpoint, dialect, features, client }: CompletionEndpointOptions,
): NonNullable<Provider['complete']> {
  const prepared = memoizePerTarget(async (target) =>
    prepareRequest(await client(target), endpoint.path, target.headers),
  );

  const send = async (
    request: ChatRequest,
    prompt: PromptFields,
    target: Target,
    call: Call,
  ): Promise<Reply> => {
    const { body, dropped } = bodyOf(request, prompt, { endpoint, dialect, features, client }, target, call);
    return sendOpenAiShaped(transport, await prepared(target), body, target, call, dropped);
  };

  return (request, gap, target, call) => {
    if (endpoint.models && !endpoint.models.test(target.model)) return undefined;
    const prompt = promptOf(gap, target, endpoint);
    if (!prompt) return undefined;
    const { n = 1, ...one } = request;
    const takesN = !endpoint.givesOneChoice && features(target).n === 'native';
    if (takesN || n === null || n === 1) return send(request, prompt, target, call);
    return fanOut(
      Array.from({ length: n }, () => one),
      (part, partCall) => send(part, prompt, target, partCall),
      call,
    );
  };
}

interface PromptFields {
  readonly prompt: string;
  readonly suffix?: string;
  /** Ends of an answer in this prompt. */
  readonly stop?: readonly string[];
}

/** @returns nothing where the gap cannot be told to the model in this way */
function promptOf(
  gap: Gap,
  { model }: Target,
  { takesSuffix }: CompletionEndpoint,
): PromptFields | undefined {
  const { prefix, suffix, inControlTokens: written } = gap;
  if (suffix === undefined) return { prompt: prefix };
  if (takesSuffix) return { prompt: prefix, suffix };
  const tokens = controlTokensOf(model);
  // Whoever wrote the tokens knows the model that we do not, or has written its own.
  if (written !== undefined && (!tokens || written.includes(tokens.prefix.trim())))
    return { prompt: written, ...(tokens && { stop: tokens.stop }) };
  const prompt = tokens && inControlTokens(tokens, gap);
  return prompt === undefined ? undefined : { prompt, stop: tokens!.stop };
}

/** @throws {UpstreamFailure} unsupported, before anything is sent */
function bodyOf(
  request: ChatRequest,
  { stop: ends = [], ...prompt }: PromptFields,
  { endpoint, dialect, features }: CompletionEndpointOptions,
  target: Target,
  call: Call,
) {
  const options = fitOptions(request);
  const provided = features(target);
  const one = endpoint.givesOneChoice ? without(options.request, 'n') : options.request;
  const fitted = fitRequest(one, provided, target, call, dialect.drops);
  const dropped = [...options.dropped, ...fitted.dropped];
  const {
    messages: _messages,
    operation: _operation,
    suffix: _suffix,
    max_tokens: _older,
    max_completion_tokens: _newer,
    logprobs,
    top_logprobs: top,
    stop,
    stream,
    stream_options: streamOptions,
    ...parameters
  } = fitted.request;
  const cap = outputCap(request, target, dropped, dialect.maxOutputCap);
  refuseWhenStrict(dropped, target, call);
  const stops = [...new Set([...[stop ?? []].flat(), ...ends])].slice(0, MAX_STOPS);
  const body = {
    ...(dialect.names ? renamed(parameters, dialect.names) : parameters),
    ...prompt,
    model: target.model,
    ...(cap !== undefined && { max_tokens: cap }),
    ...(stops.length > 0 && { stop: dialect.stopAsList || stops.length > 1 ? stops : stops[0] }),
    ...(logprobs && { logprobs: top ?? 0 }),
    stream,
    ...(stream &&
      !dialect.refusesStreamOptions && { stream_options: { ...streamOptions, include_usage: true } }),
  };
  return { body, dropped };
}

function without(request: ChatRequest, field: 'n'): ChatRequest {
  const { [field]: _value, ...rest } = request;
  return rest;
}

function renamed(request: object, names: Readonly<Record<string, string>>): object {
  return Object.fromEntries(Object.entries(request).map(([name, value]) => [names[name] ?? name, value]));
}
