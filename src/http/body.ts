/** Reads a JSON body, bounded, with an error that says what is wrong with it. */
import type { IncomingMessage } from 'node:http';
import { Failure, invalidRequest } from '../failures/failure.ts';

/** Levels of nesting; no request or JSON Schema comes near, and what recurses over more would overflow the stack. */
const DEEPEST = 256;
const JSON_TYPE = /^application\/(?:[\w.+-]+\+)?json\b/i;

/** @throws {Failure} `invalid_request` (400, 413, 415) or `client_closed` */
export async function readJson(request: IncomingMessage, maxBytes: number): Promise<unknown> {
  const type = request.headers['content-type'] ?? '';
  if (!JSON_TYPE.test(type)) {
    throw invalidRequest(
      `Send JSON with \`content-type: application/json\`${type ? `, not \`${type}\`` : ''}.`,
      undefined,
      415,
    );
  }
  const encoding = request.headers['content-encoding'] ?? 'identity';
  if (encoding !== 'identity') {
    throw invalidRequest(`Send the body without \`content-encoding: ${encoding}\`.`, undefined, 415);
  }
  const text = await readText(request, maxBytes);
  if (text.trim() === '')
    throw invalidRequest('The body is empty: send a JSON object with `prompt` or `messages`.');
  const body = parse(text);
  if (isDeeperThan(DEEPEST, body)) throw invalidRequest(`The body nests deeper than ${DEEPEST} levels.`);
  return body;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    // V8's message may quote the body; only its place in the text is told.
    const place = /position \d+(?: \(line \d+ column \d+\))?/.exec((error as Error).message)?.[0];
    throw invalidRequest(`The body is not valid JSON${place ? ` (at ${place})` : ''}.`);
  }
}

function isDeeperThan(levels: number, value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((part) => isDeeperThan(levels - 1, part));
}

function readText(request: IncomingMessage, maxBytes: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const parts: Buffer[] = [];
    let length = 0;
    const tooLarge = () => {
      // The rest is read and thrown away, so that the caller gets to see why; but not without end.
      request.off('data', keep).on('data', (part: Buffer) => {
        length += part.length;
        if (length > 4 * maxBytes) request.destroy();
      });
      const limit = `${Math.round((maxBytes / 1024 / 1024) * 1000) / 1000} MB`;
      reject(
        invalidRequest(`The body is larger than ${limit}; send less, or raise MAX_BODY_MB.`, undefined, 413),
      );
    };
    const keep = (part: Buffer) => {
      length += part.length;
      if (length > maxBytes) return tooLarge();
      parts.push(part);
    };
    if (Number(request.headers['content-length']) > maxBytes) return tooLarge();
    request.on('data', keep);
    request.on('end', () => {
      resolve((parts.length === 1 ? parts[0]! : Buffer.concat(parts)).toString('utf8'));
      // The request keeps its listeners, and so what they know, for as long as its answer takes.
      parts.length = 0;
    });
    request.on('error', () =>
      reject(new Failure('client_closed', 'The caller closed the connection in its request.')),
    );
    request.on('close', () => {
      if (!request.complete)
        reject(new Failure('client_closed', 'The caller closed the connection in its request.'));
    });
  });
}
