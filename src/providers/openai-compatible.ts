/**
 * Any server that speaks the OpenAI wire. Where they differ is data (`Dialect`), so that a new one is a line in
 * `presets.ts` or, without any line, a `base_url` in the configuration.
 */
import type { ChatRequest } from '../core/openai-types.ts';
import { fitMessages, type MessageDialect } from './dialect-messages.ts';
import { type Features, features, fitRequest, refuseWhenStrict, unsupported } from './features.ts';
import { withJsonInstruction } from './json-instruction.ts';
import { oncePerTarget } from './once-per-target.ts';
import { sendOpenAiShaped } from './openai-wire.ts';
import { prepareRequest } from './prepared-request.ts';
import type { Provider, Target } from './provider.ts';
import { withSeveralChoices } from './several.ts';
import type { Transport } from './transport.ts';

/** How a server's wire differs from OpenAI's. Everything left out is as OpenAI has it. */
export interface Dialect extends MessageDialect {
  /** Features that are not native. */
  readonly features?: Partial<Features>;
  /** Fields it has no place for, left out and named. */
  readonly drops?: readonly string[];
  /** Its own names for fields of OpenAI's. */
  readonly names?: Readonly<Partial<Record<keyof ChatRequest, string>>>;
  /** What it calls the output cap; the caller may use either name. Without it both pass as they are. */
  readonly cap?: 'max_tokens' | 'max_completion_tokens';
  /** The most output tokens it takes; more is refused. */
  readonly largestCap?: number;
  /** It has no `stream_options`, or refuses them: its streams report usage unasked or not at all. */
  readonly refusesStreamOptions?: boolean;
  /** It cannot stream when tools are given: the answer comes whole and is streamed from here. */
  readonly toolsOnlyWhole?: boolean;
  /** `stop` only as a list. */
  readonly stopAsList?: boolean;
}

export function openaiCompatible(transport: Transport, name = 'openai-compatible', dialect: Dialect = {}) {
  const provided = features(dialect.features);
  const prepared = oncePerTarget(prepare);
  const provider: Provider = {
    name,
    features: provided,
    async send(request, target, call) {
      const fitted = fitRequest(request, provided, target, call, dialect.drops);
      const { messages, dropped } = fitMessages(fitted.request.messages, dialect);
      refuseWhenStrict(dropped, target, call);
      const body = compatibleBody({ ...fitted.request, messages }, dialect, provided, target);
      const allDropped = [...fitted.dropped, ...dropped];
      return sendOpenAiShaped(transport, await prepared(target), body, target, call, allDropped);
    },
  };
  return provided.n === 'emulated' ? withSeveralChoices(provider) : provider;
}

async function prepare(target: Target) {
  const { default: OpenAI } = await import('openai');
  // Local servers want no key; the SDK wants some text, and organisation headers are OpenAI's own affair.
  const client = new OpenAI({
    apiKey: target.apiKey ?? 'none',
    baseURL: target.baseUrl,
    organization: null,
    project: null,
    maxRetries: 0,
  });
  return prepareRequest(client, '/chat/completions', target.headers);
}

function compatibleBody(request: ChatRequest, dialect: Dialect, provided: Features, target: Target) {
  const emulatesJson = emulates(request.response_format?.type, provided);
  const {
    max_tokens: cap,
    max_completion_tokens: newerCap,
    stop,
    ...rest
  } = emulatesJson ? withJsonInstruction(request) : request;
  const isWhole = dialect.toolsOnlyWhole && (request.tools?.length ?? 0) > 0;
  const stream = request.stream && !isWhole;
  return {
    ...(dialect.names ? renamed(rest, dialect.names) : rest),
    model: target.model,
    ...outputCap(cap, newerCap, dialect, target),
    ...(stop != null && { stop: dialect.stopAsList ? [stop].flat() : stop }),
    stream,
    stream_options:
      stream && !dialect.refusesStreamOptions
        ? { ...request.stream_options, include_usage: true }
        : undefined,
  };
}

function renamed(request: object, names: Readonly<Record<string, string>>): object {
  return Object.fromEntries(Object.entries(request).map(([name, value]) => [names[name] ?? name, value]));
}

function emulates(format: string | undefined, provided: Features): boolean {
  if (format === 'json_object') return provided.json_object === 'emulated';
  return format === 'json_schema' && provided.json_schema === 'emulated';
}

function outputCap(
  cap: number | null | undefined,
  newerCap: number | null | undefined,
  dialect: Dialect,
  target: Target,
): object {
  const wanted = newerCap ?? cap;
  if (wanted == null) return {};
  if (dialect.largestCap !== undefined && wanted > dialect.largestCap)
    throw unsupported(`more than ${dialect.largestCap} output tokens`, 'max_tokens', target);
  if (dialect.cap) return { [dialect.cap]: wanted };
  return {
    ...(cap != null && { max_tokens: cap }),
    ...(newerCap != null && { max_completion_tokens: newerCap }),
  };
}
