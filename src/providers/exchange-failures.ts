/** Exchanges that failed: no reply came, it broke off, or it says that there is no answer. */
import { END } from '../core/chunk-stream.ts';
import { errorInBody, withoutKeys } from '../failures/provider-error.ts';
import { malformed, UpstreamFailure } from '../failures/upstream-failure.ts';
import type { TransportReply } from './dispatch-handler.ts';
import type { Target } from './provider.ts';
import type { ResponseBody } from './response-body.ts';

const MAX_ERROR_BYTES = 64 * 1024;

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

/** What a reply with another status than 2xx says, with the start of its body. */
export async function statusFailure(
  reply: TransportReply,
  { provider, apiKey }: Target,
): Promise<UpstreamFailure> {
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
