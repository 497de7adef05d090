// The pool alone: the package's index also loads fetch, WebSocket, cookies, caches and mocks, a tenth of the start.
import type { Dispatcher } from 'undici';
import Pool from 'undici/lib/dispatcher/pool.js';
import { END } from '../core/chunk-stream.ts';
import { LARGE, turnForLargeWork } from '../core/large-work.ts';
import { errorInBody, withoutKeys } from '../failures/provider-error.ts';
import { malformed, UpstreamFailure } from '../failures/upstream-failure.ts';
import { ReplyHandler, type TransportReply } from './dispatch-handler.ts';
import type { PreparedRequest } from './prepared-request.ts';
import type { Call, Target } from './provider.ts';
import { NO_PROXIES, type ProxySettings, proxyFor } from './proxy.ts';
import type { ResponseBody } from './response-body.ts';
import { redactorOf } from './target-secrets.ts';

/** No answer is near this size; a reply without end must not fill the memory. */
const MAX_REPLY_BYTES = 256 * 1024 * 1024;
const MAX_ERROR_BYTES = 64 * 1024;

interface Connections {
  readonly pool: Dispatcher;
  /** Connections opened so far. */
  opened: number;
}

/** What a request meets on a connection that the other side has closed or forgotten. */
const CONNECTION_LOSS = ['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET'];

/**
 * The bytes to and from providers: one undici pool for each origin, keep-alive, no Nagle. The official SDKs give
 * the URL, the headers and the version rules (`prepared-request.ts`); their own call path costs more than all the
 * rest of a request together, and hangs where a body stalls, so the bytes go this way instead.
 */
export class Transport {
  readonly #pools = new Map<string, Connections | Promise<Connections>>();
  /** Closed when their last call has ended. */
  readonly #retired = new Set<Dispatcher>();
  readonly #proxies: ProxySettings;

  constructor(proxies: ProxySettings = NO_PROXIES) {
    this.#proxies = proxies;
  }

  /**
   * Sends JSON and gives back the head and the unread body of a 2xx reply.
   * @throws {UpstreamFailure} when no reply comes, or one with another status (its body is read into the facts).
   */
  post(
    prepared: PreparedRequest,
    json: string | Buffer,
    target: Target,
    call: Call,
  ): Promise<TransportReply> {
    return this.#send({ method: 'POST', body: json }, prepared, target, call);
  }

  /** Like `post`, for what a provider has us fetch later. Redirections are failures: none may take a key elsewhere. */
  get(prepared: PreparedRequest, target: Target, call: Call): Promise<TransportReply> {
    return this.#send({ method: 'GET' }, prepared, target, call);
  }

  async close(): Promise<void> {
    const connections = await Promise.all(this.#pools.values());
    this.#pools.clear();
    const pools = [...connections.map(({ pool }) => pool), ...this.#retired];
    await Promise.all(pools.map((pool) => pool.destroy()));
  }

  async #send(
    message: { method: 'GET' | 'POST'; body?: string | Buffer },
    prepared: PreparedRequest,
    target: Target,
    call: Call,
  ): Promise<TransportReply> {
    const headers = call.headers ? { ...prepared.headers, ...call.headers } : prepared.headers;
    const { origin, path } = prepared;
    const options = { ...message, origin, path, headers };
    if (message.body && message.body.length >= LARGE) await turnForLargeWork();
    const reply = await this.#exchange(origin, options, target, call).catch((error: unknown) => {
      throw networkFailure(error, target.provider);
    });
    if (reply.status >= 200 && reply.status < 300) return reply;
    throw await statusFailure(reply, target);
  }

  /**
   * A connection that was kept may be forgotten by the other side, which shows only when it is used: that says nothing of
   * the provider, and the request goes once more, over a new one.
   */
  async #exchange(
    origin: string,
    options: Dispatcher.DispatchOptions,
    target: Target,
    call: Call,
  ): Promise<TransportReply> {
    const found = this.#pool(origin, target.timeouts.connect);
    const used = found instanceof Promise ? await found : found;
    const before = used.opened;
    let isKept = false;
    const onStart = () => {
      isKept = used.opened === before;
    };
    const exchange = new ReplyHandler(call.signal, { onStart, onBytes: call.onBytes });
    used.pool.dispatch(options, exchange);
    try {
      return await exchange.reply;
    } catch (error) {
      if (!isKept || call.signal.aborted || !isConnectionLoss(error)) throw error;
      this.#retire(used);
    }
    const again = new ReplyHandler(call.signal, { onBytes: call.onBytes });
    (await this.#pool(origin, target.timeouts.connect)).pool.dispatch(options, again);
    return again.reply;
  }

  /** Where one kept connection is forgotten the others are, too. Calls that run on them go on. */
  #retire(used: Connections): void {
    for (const [key, connections] of this.#pools) if (connections === used) this.#pools.delete(key);
    this.#retired.add(used.pool);
    void used.pool
      .close()
      .catch(() => {})
      .then(() => this.#retired.delete(used.pool));
  }

  /** @returns a promise only where connections go through a proxy, and until the first has been made */
  #pool(origin: string, connectTimeout: number): Connections | Promise<Connections> {
    const key = `${origin} ${connectTimeout}`;
    const known = this.#pools.get(key);
    if (known) return known;
    const proxy = proxyFor(origin, this.#proxies);
    if (proxy === undefined)
      return this.#keep(key, new Pool(origin, { connect: { timeout: connectTimeout }, ...POOL_OPTIONS }));
    const made = makeProxied(proxy, connectTimeout).then((agent) => this.#keep(key, agent));
    this.#pools.set(key, made);
    return made;
  }

  #keep(key: string, pool: Dispatcher): Connections {
    const made: Connections = { pool, opened: 0 };
    pool.on('connect', () => {
      made.opened += 1;
    });
    this.#pools.set(key, made);
    return made;
  }
}

function isConnectionLoss(error: unknown): boolean {
  return CONNECTION_LOSS.includes(String((error as { code?: unknown }).code));
}

const POOL_OPTIONS = {
  // A connection carries one call at a time and the server bounds the calls in flight.
  connections: null,
  pipelining: 1,
  allowH2: false,
  keepAliveTimeout: 30_000,
  // The attempt's own deadlines bound every wait (routing/deadline.ts).
  headersTimeout: 0,
  bodyTimeout: 0,
  maxResponseSize: MAX_REPLY_BYTES,
} as const;

/** Https goes through a tunnel, so that the proxy sees neither key nor prompt; http is handed to it, as curl does. */
async function makeProxied(proxy: string, connectTimeout: number): Promise<Dispatcher> {
  // The whole package: only its index gives dispatchers the `connect` by which the agent opens its tunnels.
  const { ProxyAgent } = await import('undici');
  return new ProxyAgent({
    uri: proxy,
    proxyTunnel: false,
    connectTimeout,
    // Of the connections to the proxy itself, whose options are not those of the agent.
    factory: (origin, options) => new Pool(origin, { ...options, ...POOL_OPTIONS }),
    ...POOL_OPTIONS,
  });
}

/** Reads a whole body as text, without the target's secrets. @throws {UpstreamFailure} when it is cut. */
export async function readText(body: ResponseBody, target: Target): Promise<string> {
  try {
    const text = await body.text();
    const nextStep = text.length >= LARGE ? turnForLargeWork : undefined;
    await nextStep?.();
    const redacted = redactorOf(target).redact(text);
    await nextStep?.();
    return redacted;
  } catch (error) {
    throw networkFailure(error, target.provider);
  }
}

/** Headers or a body beyond all bounds: the reply is at fault, not the way to it. */
const TOO_LARGE: ReadonlySet<string> = new Set([
  'UND_ERR_HEADERS_OVERFLOW',
  'HPE_HEADER_OVERFLOW',
  'UND_ERR_RES_EXCEEDED_MAX_SIZE',
]);

/** What a broken connection says, as facts. */
export function networkFailure(error: unknown, provider: string): UpstreamFailure {
  if (error instanceof UpstreamFailure) return error;
  const { code, cause } = error as { code?: unknown; cause?: { code?: unknown } };
  // The code of a DOMException (an abort is one) is a number.
  const network = text(code) ?? text(cause?.code) ?? (error as Error).name ?? 'unknown';
  const facts = { message: `The connection to ${provider} failed (${network}).`, network };
  if (TOO_LARGE.has(network)) return malformed(`${provider} sent more than any reply has (${network}).`);
  if (network === 'UND_ERR_CONNECT_TIMEOUT') {
    return new UpstreamFailure({
      ...facts,
      message: `${provider} did not accept a connection in time.`,
      timeout: 'connect',
    });
  }
  return new UpstreamFailure(facts, { cause: error });
}

async function statusFailure(reply: TransportReply, { provider, apiKey }: Target): Promise<UpstreamFailure> {
  const body = withoutKeys(await readStart(reply.body), apiKey);
  const said = errorInBody(body);
  const { reason } = said;
  const words = reason ? `: ${reason.slice(0, 500)}` : '.';
  return new UpstreamFailure({
    message: `${provider} answered ${reply.status}${words}`,
    status: reply.status,
    headers: reply.headers,
    body: body.slice(0, 4096),
    ...said,
  });
}

/** An error body is read as far as it is useful; that it is cut or endless changes nothing. */
async function readStart(body: ResponseBody): Promise<string> {
  const parts: Buffer[] = [];
  let length = 0;
  try {
    while (length <= MAX_ERROR_BYTES) {
      const part = body.read();
      if (part === END) break;
      if (!part) {
        await body.readable();
        continue;
      }
      parts.push(part);
      length += part.length;
    }
  } catch {
    // The status already says what happened.
  }
  body.close();
  // Put together first: a character may be cut between two parts.
  return Buffer.concat(parts).toString('utf8');
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
