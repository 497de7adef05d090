/** Sends JSON to another service: through the proxies that are configured, within a time, again where that can help. */
import { setTimeout as sleep } from 'node:timers/promises';
import { systemClock } from '../core/clock.ts';
import { parseRetryAfter } from '../failures/retry-after.ts';
import { type ProxySettings, proxyFor } from '../providers/proxy.ts';

/** Milliseconds for one try. */
const TRY_TIMEOUT = 10_000;
/** Milliseconds between tries: doubled each time. */
const FIRST_PAUSE = 500;
const MAX_PAUSE = 30_000;
/** Bytes of an answer that are read; a service may say of each of hundreds of items what it has against it. */
const MAX_ANSWER = 1024 * 1024;

/** How it is sent, and how often that is tried. */
export interface PostOptions {
  readonly proxies: ProxySettings;
  readonly tries: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Ends the tries and the waits between them. */
  readonly signal?: AbortSignal;
  /** Told why a try failed that is followed by another. */
  readonly onRetry?: (problem: string) => void;
  /** Milliseconds before the second try; for tests. */
  readonly firstPause?: number;
}

/** In words that name neither the address nor a header: both may hold a key. */
export class PostFailure extends Error {
  /** Of the answer, where there was one. */
  readonly status: number | undefined;

  constructor(problem: string, status: number | undefined) {
    super(problem);
    this.status = status;
  }
}

/**
 * Again after a network error, a 408, a 429 or a 5xx; anything else would be answered the same.
 * @returns the beginning of what it answered
 * @throws {PostFailure} for the last try
 */
export async function postJson(url: string, body: unknown, options: PostOptions): Promise<string> {
  const { tries, signal, firstPause = FIRST_PAUSE } = options;
  const text = JSON.stringify(body);
  for (let number = 1; ; number++) {
    const result = await tryOnce(url, text, options);
    if (result.isTaken) return result.text;
    if (!result.mayHelpAgain || number >= tries || signal?.aborted)
      throw new PostFailure(result.problem, result.status);
    const pause = Math.min(result.retryAfter ?? firstPause * 2 ** (number - 1), MAX_PAUSE);
    options.onRetry?.(result.problem);
    // A command that sends has nothing else to live for: the wait itself keeps it.
    await sleep(pause, undefined, signal && { signal }).catch(() => {});
  }
}

interface Result {
  readonly isTaken: boolean;
  readonly text: string;
  readonly mayHelpAgain: boolean;
  readonly problem: string;
  /** Absent where there was no answer. */
  readonly status?: number;
  /** Milliseconds, where the other side said so. */
  readonly retryAfter?: number | undefined;
}

async function tryOnce(
  url: string,
  text: string,
  { headers, proxies, signal }: PostOptions,
): Promise<Result> {
  // Loaded with the first message: it costs a start a tenth.
  const { fetch, ProxyAgent } = await import('undici');
  const proxy = proxyFor(url, proxies);
  const dispatcher = proxy === undefined ? undefined : new ProxyAgent(proxy);
  const timeout = AbortSignal.timeout(TRY_TIMEOUT);
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: text,
      // What is sent is not for another address.
      redirect: 'manual',
      signal: signal ? AbortSignal.any([timeout, signal]) : timeout,
      ...(dispatcher && { dispatcher }),
    });
    const answer = await startOf(response.body);
    const { status } = response;
    const retryAfter = response.headers.get('retry-after') ?? '';
    return {
      isTaken: response.ok,
      text: answer,
      mayHelpAgain: status === 408 || status === 429 || status >= 500,
      problem: `it answered ${status}`,
      status,
      retryAfter: parseRetryAfter({ 'retry-after': retryAfter }, undefined, systemClock.now()) || undefined,
    };
  } catch (error) {
    const { name, cause } = error as Error & { cause?: NodeJS.ErrnoException };
    const problem =
      name === 'TimeoutError'
        ? `no answer within ${TRY_TIMEOUT / 1000} s`
        : (cause?.code ?? cause?.message ?? name);
    return { isTaken: false, text: '', mayHelpAgain: true, problem };
  } finally {
    void dispatcher?.close().catch(() => {});
  }
}

async function startOf(body: AsyncIterable<Uint8Array> | null): Promise<string> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of body ?? []) {
    parts.push(part);
    length += part.length;
    if (length > MAX_ANSWER) break;
  }
  return Buffer.concat(parts).toString('utf8');
}
