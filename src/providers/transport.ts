/**
 * The bytes to and from providers: one undici pool for each origin, keep-alive, no Nagle. The official SDKs give
 * the URL, the headers and the version rules (`prepared-request.ts`); their own call path costs more than all the
 * rest of a request together, and hangs where a body stalls, so the bytes go this way instead.
 */
// The pool alone: the package's index also loads fetch, WebSocket, cookies, caches and mocks, a tenth of the start.
import Pool from 'undici/lib/dispatcher/pool.js';
import { END } from '../core/batches.ts';
import { Exchange, type TransportReply } from './exchange.ts';
import type { PreparedRequest } from './prepared-request.ts';
import type { Call, Target } from './provider.ts';
import type { ReplyBody } from './reply-body.ts';
import { malformed, UpstreamFailure } from './upstream-failure.ts';

/** No answer is near this size; a reply without end must not fill the memory. */
const LARGEST_REPLY = 256 * 1024 * 1024;
const LARGEST_ERROR = 64 * 1024;

export class Transport {
  readonly #pools = new Map<string, Pool>();

  /**
   * Sends JSON and gives back the head and the unread body of a 2xx reply.
   * @throws {UpstreamFailure} when no reply comes, or one with another status (its body is read into the facts).
   */
  post(prepared: PreparedRequest, json: string, target: Target, call: Call): Promise<TransportReply> {
    return this.#send({ method: 'POST', body: json }, prepared, target, call);
  }

  /** Like `post`, for what a provider has us fetch later. Redirections are failures: none may take a key elsewhere. */
  get(prepared: PreparedRequest, target: Target, call: Call): Promise<TransportReply> {
    return this.#send({ method: 'GET' }, prepared, target, call);
  }

  async close(): Promise<void> {
    const pools = [...this.#pools.values()];
    this.#pools.clear();
    await Promise.all(pools.map((pool) => pool.destroy()));
  }

  async #send(
    message: { method: 'GET' | 'POST'; body?: string },
    prepared: PreparedRequest,
    target: Target,
    call: Call,
  ): Promise<TransportReply> {
    const headers = call.headers ? { ...prepared.headers, ...call.headers } : prepared.headers;
    const exchange = new Exchange(call.signal);
    this.#pool(prepared.origin, target.timeouts.connect).dispatch(
      { ...message, path: prepared.path, headers },
      exchange,
    );
    const reply = await exchange.reply.catch((error: unknown) => {
      throw networkFailure(error, target.provider);
    });
    if (reply.status >= 200 && reply.status < 300) return reply;
    throw await statusFailure(reply, target);
  }

  #pool(origin: string, connectTimeout: number): Pool {
    const key = `${origin} ${connectTimeout}`;
    let pool = this.#pools.get(key);
    if (!pool) {
      pool = new Pool(origin, {
        connect: { timeout: connectTimeout },
        // A connection carries one call at a time and the server bounds the calls in flight.
        connections: null,
        pipelining: 1,
        allowH2: false,
        keepAliveTimeout: 30_000,
        // The attempt's own deadlines bound every wait (routing/deadline.ts).
        headersTimeout: 0,
        bodyTimeout: 0,
        maxResponseSize: LARGEST_REPLY,
      });
      this.#pools.set(key, pool);
    }
    return pool;
  }
}

/** Reads a whole body as text. @throws {UpstreamFailure} when it is cut. */
export async function readText(body: ReplyBody, provider: string): Promise<string> {
  try {
    return await body.text();
  } catch (error) {
    throw networkFailure(error, provider);
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
  const { code, reason } = errorInBody(body);
  const words = reason ? `: ${reason.slice(0, 500)}` : '.';
  return new UpstreamFailure({
    message: `${provider} answered ${reply.status}${words}`,
    status: reply.status,
    headers: reply.headers,
    body: body.slice(0, 4096),
    code,
    reason,
  });
}

/** An error body is read as far as it is useful; that it is cut or endless changes nothing. */
async function readStart(body: ReplyBody): Promise<string> {
  const parts: Buffer[] = [];
  let length = 0;
  try {
    while (length <= LARGEST_ERROR) {
      const part = body.take();
      if (part === END) break;
      if (!part) {
        await body.more();
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

/** Providers quote keys in their errors ("Incorrect API key provided: sk-…"); ours must not go on from here. */
export function withoutKeys(text: string, apiKey: string | undefined): string {
  // A key of a few letters is none, and its letters stand in every word.
  const known = apiKey && apiKey.length >= 8 ? text.replaceAll(apiKey, '[key]') : text;
  return known.replace(/\b(?:sk|hf|r8|gsk|xai|tgp|key)[-_][\w*.-]{6,}/g, '[key]');
}

/**
 * The code and the words in an error body. OpenAI: `{error:{message,type,code}}`; Anthropic:
 * `{type:"error",error:{type,message,details:{error_code}}}`; Cohere `{message}`; Hugging Face `{error}`, `{detail}` or
 * `{message}`; Replicate `{detail}`; AI21 and Mistral the same, and of a bad field a list of `{loc, msg}` in it or in
 * `{message: {detail}}`; Gemini OpenAI's in a list.
 */
export function errorInBody(body: string): { code?: string; reason?: string } {
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch {
    return {};
  }
  return errorInObject(parsed);
}

export function errorInObject(parsed: unknown): { code?: string; reason?: string } {
  const outer = (Array.isArray(parsed) ? parsed[0] : parsed) as Record<string, unknown> | null;
  if (typeof outer !== 'object' || outer === null) return {};
  const inner =
    typeof outer.error === 'object' && outer.error !== null
      ? (outer.error as Record<string, unknown>)
      : outer;
  const details = inner.details as { error_code?: unknown } | undefined;
  const code = text(details?.error_code) ?? text(inner.code) ?? text(inner.type);
  const reason = words(inner.message) ?? words(outer.error) ?? words(inner.detail);
  return { code, reason: reason && withoutKeys(reason, undefined) };
}

/** Validators name fields in lists; nothing sensible is nested deeper. */
const MAX_WORDS_DEPTH = 5;
const MAX_WORDS_ITEMS = 20;

/** The words of an error: a text, or what a validator says of one field or of several. */
function words(value: unknown, depth = 0): string | undefined {
  if (depth > MAX_WORDS_DEPTH) return undefined;
  if (Array.isArray(value)) {
    const each = value.slice(0, MAX_WORDS_ITEMS).map((item) => words(item, depth + 1));
    return each.filter(Boolean).join('; ') || undefined;
  }
  if (typeof value !== 'object' || value === null) return text(value);
  const { loc, msg, message, detail } = value as Record<string, unknown>;
  const said = words(msg ?? message ?? detail, depth + 1);
  return said && Array.isArray(loc) ? `${loc.join('.')}: ${said}` : said;
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
