// The pool alone: the package's index also loads fetch, WebSocket, cookies, caches and mocks, a tenth of the start.
import type { Dispatcher } from 'undici';
import Pool from 'undici/lib/dispatcher/pool.js';
import { LARGE, turnForLargeWork } from '../core/large-work.ts';
import { ReplyHandler, type TransportReply } from './dispatch-handler.ts';
import { networkFailure, statusFailure } from './exchange-failures.ts';
import type { PreparedRequest } from './prepared-request.ts';
import type { Call, Target } from './provider.ts';
import { NO_PROXIES, type ProxySettings, proxyFor } from './proxy.ts';

/** No answer is near this size; a reply without end must not fill the memory. */
const MAX_REPLY_BYTES = 256 * 1024 * 1024;

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
    const exchange = new ReplyHandler(call.signal, { connections: used, onBytes: call.onBytes });
    used.pool.dispatch(options, exchange);
    try {
      return await exchange.reply;
    } catch (error) {
      if (!exchange.wasOnKeptConnection || call.signal.aborted || !isConnectionLoss(error)) throw error;
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
