/** A whole server and its simulated providers on real sockets, closed when the test ends. */
import { createParser } from 'eventsource-parser';
import { pino } from 'pino';
import { onTestFinished } from 'vitest';
import type { ErrorBody } from '../../src/api/openai-chat/openai-error.ts';
import type { Environment } from '../../src/config/environment.ts';
import type { ChatCompletion, ChatCompletionChunk } from '../../src/core/openai-types.ts';
import type { EventBus } from '../../src/events/event-bus.ts';
import { startServer } from '../../src/server.ts';
import { type Simulator, type SimulatorOptions, startSimulator } from '../../src/simulator/simulator.ts';

// The providers' packages are loaded at the first call, which would count against the short deadlines of some tests.
await Promise.all([import('openai'), import('together-ai'), import('@anthropic-ai/sdk')]);

export type Headers = Readonly<Record<string, string>>;

/** A whole reply: an answer or an error. */
export interface Answer {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: ChatCompletion & ErrorBody;
  /** Content of the first choice. */
  readonly text: string;
}

/** A reply read to its end as an event stream. */
export interface Streamed {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly raw: string;
  readonly chunks: readonly ChatCompletionChunk[];
  /** Content of the first choice, put together. */
  readonly text: string;
  /** The stream ended with `[DONE]`. */
  readonly done: boolean;
  /** The error that came as an event, or as the whole reply. */
  readonly error: ErrorBody['error'] | undefined;
}

export interface RunningGateway {
  readonly url: string;
  readonly events: EventBus;
  /** Lines of the log, parsed. */
  readonly log: readonly Record<string, unknown>[];
  /** Reads the configuration again. */
  reload(): Promise<void>;
  /** POSTs JSON to `/chat/completions` and reads the whole reply. */
  ask(body: object, headers?: Headers): Promise<Answer>;
  /** The same with `stream: true`. */
  stream(body: object, headers?: Headers, signal?: AbortSignal): Promise<Streamed>;
  /** The same without reading the reply. */
  post(body: object, headers?: Headers, signal?: AbortSignal): Promise<Response>;
}

export interface SimulatedGateway extends RunningGateway {
  readonly simulator: Simulator;
}

/** Calls back when the test has ended. Of tests that run beside each other each has its own, in its context. */
type AtEnd = (callback: () => void | Promise<void>) => void;

/** All three providers have a key and are simulated. */
export async function startGateway(
  environment: Environment = {},
  options: SimulatorOptions = {},
  atEnd: AtEnd = onTestFinished,
): Promise<SimulatedGateway> {
  const simulator = await startSimulator(options);
  // These hooks run in reverse: the gateway, which may still have something to tell its sinks, is closed first.
  atEnd(() => simulator.close());
  const gateway = await startBareGateway({ ...pointedAt(simulator), ...environment }, atEnd);
  return { ...gateway, simulator };
}

/** A server with this environment and nothing else: without a provider key it is in demo mode. */
export async function startBareGateway(
  environment: Environment = {},
  atEnd: AtEnd = onTestFinished,
): Promise<RunningGateway> {
  const log: Record<string, unknown>[] = [];
  const lines = { write: (line: string) => void log.push(JSON.parse(line)) };
  const server = await startServer(
    {
      PORT: '0',
      HOST: '127.0.0.1',
      DRAIN_TIMEOUT: '0',
      LOG_FORMAT: 'json',
      DATABASE_URL: 'sqlite::memory:',
      DEMO_DATABASE_URL: 'sqlite::memory:',
      ...environment,
    },
    () => pino({ level: 'info', base: undefined }, lines),
  );
  atEnd(() => server.drain());
  const post = (body: object, headers: Headers = {}, signal?: AbortSignal) =>
    postJson(`${server.url}/chat/completions`, body, headers, signal);
  return {
    url: server.url,
    events: server.events,
    reload: () => server.reload(),
    log,
    post,
    ask: async (body, headers) => readAnswer(await post(body, headers)),
    stream: async (body, headers, signal) =>
      readStream(await post({ stream: true, ...body }, headers, signal)),
  };
}

/** Keys of a simulator's model providers, and the addresses of all; PromptLayer is off until it has a key. */
export function pointedAt({ baseUrls }: Simulator): Environment {
  return {
    TOGETHER_API_KEY: 'key-of-together',
    TOGETHER_BASE_URL: baseUrls.together,
    OPENAI_API_KEY: 'key-of-openai',
    OPENAI_BASE_URL: baseUrls.openai,
    ANTHROPIC_API_KEY: 'key-of-anthropic',
    ANTHROPIC_BASE_URL: baseUrls.anthropic,
    PROMPTLAYER_BASE_URL: baseUrls.promptlayer,
  };
}

export function postJson(
  url: string,
  body: object,
  headers: Headers = {},
  signal?: AbortSignal,
): Promise<Response> {
  return fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
    ...(signal && { signal }),
  });
}

export async function readAnswer(response: Response): Promise<Answer> {
  const body = (await response.json()) as Answer['body'];
  return {
    status: response.status,
    headers: Object.fromEntries(response.headers),
    body,
    text: body.choices?.[0]?.message.content ?? '',
  };
}

export async function readStream(response: Response): Promise<Streamed> {
  const raw = await response.text();
  const events: string[] = [];
  const parser = createParser({ onEvent: ({ data }) => void events.push(data) });
  parser.feed(raw);
  const isStream = response.headers.get('content-type')?.startsWith('text/event-stream') ?? false;
  const parsed = (isStream ? events.filter((data) => data !== '[DONE]') : [raw]).map(
    (data) => JSON.parse(data) as ChatCompletionChunk & Partial<ErrorBody>,
  );
  const chunks = parsed.filter((event) => !event.error);
  return {
    status: response.status,
    headers: Object.fromEntries(response.headers),
    raw,
    chunks,
    text: chunks.map(({ choices }) => choices[0]?.delta?.content ?? '').join(''),
    done: events.at(-1) === '[DONE]',
    error: parsed.find((event) => event.error)?.error,
  };
}

/** `x-attempts` without the times: `['together upstream_rate_limited 429', 'openai ok 200']`. */
export function attemptsOf({ headers }: { headers: Record<string, string> }): string[] {
  return (headers['x-attempts'] ?? '').split('; ').map((attempt) => {
    const [, provider, kind, what] = /^([^/]+)\/.*=(\w+)\(([^,)]*)/.exec(attempt) ?? [];
    return kind === 'cooling' ? `${provider} cooling` : `${provider} ${kind} ${what}`;
  });
}
