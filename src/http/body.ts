/** Reads a JSON body, bounded, with an error that says what is wrong with it. */
import type { IncomingMessage } from 'node:http';
import { parseExactly } from '../core/exact-json.ts';
import { joinedBytes } from '../core/joined-bytes.ts';
import { isJsonObject } from '../core/json-object.ts';
import { Marks, measureStructure } from '../core/json-structure.ts';
import { LARGE, turnForLargeWork } from '../core/large-work.ts';
import { keepRawBody, shareRawBody } from '../core/raw-body.ts';
import { Failure, invalidRequest } from '../failures/failure.ts';
import { watchPace } from './body-pace.ts';
import { decodedBody } from './decoded-request-body.ts';

const JSON_TYPE = /^(?:application\/(?:[\w.+-]+\+)?|text\/)json\b/i;
/** What programs say, or leave out, that send JSON all the same. */
const UNTOLD_TYPE = /^(?:$|text\/plain\b)/i;
/** Levels of nesting; no request or JSON Schema comes near, and what recurses over more would overflow the stack. */
const MAX_DEPTH = 256;
/** Field names in all objects together; a long session of an agent with 500 tools has some 30,000. */
const MAX_NAMES = 100_000;
/** Different ones: each costs whatever reads, copies or compares its object ten times what a known one does. */
const MAX_DIFFERENT_NAMES = 20_000;
/** Items of lists and objects together; a long session of an agent has some 60,000. */
const MAX_ITEMS = 150_000;
/** Items beyond which long numbers are read as JavaScript reads them: to read them exactly takes a microsecond an item. */
const MAX_EXACT_ITEMS = 50_000;
/** Bytes of a body from which it is worth passing on what it came as. */
const MIN_RAW = 8 * 1024;
const BYTE_ORDER_MARK = Buffer.from('\ufeff');

/**
 * @param model that the path named, which counts more than the body's
 * @throws {Failure} `invalid_request` (400, 408, 413, 415) or `client_closed`
 */
export async function readJson(request: IncomingMessage, maxBytes: number, model?: string): Promise<unknown> {
  const type = request.headers['content-type'] ?? '';
  if (!JSON_TYPE.test(type) && !UNTOLD_TYPE.test(type)) throw notJson(type);
  const { parts, length } = await readBytes(request, maxBytes);
  // A turn for each step, of which the next is as much work again, and one for what is done with the body.
  const nextStep = length >= LARGE ? turnForLargeWork : undefined;
  await nextStep?.();
  const bytes = withoutByteOrderMark(parts.length === 1 ? parts[0]! : await joinedBytes(parts, length));
  await nextStep?.();
  const text = bytes.toString('utf8');
  await nextStep?.();
  const body = parse(text, bytes, type);
  await nextStep?.();
  if (model === undefined || !isJsonObject(body)) return body;
  const named = { ...body, model };
  shareRawBody(body, named);
  return named;
}

function notJson(type: string): Failure {
  return invalidRequest(
    `Send JSON with \`content-type: application/json\`${type ? `, not \`${type.slice(0, 100)}\`` : ''}.`,
    undefined,
    415,
  );
}

function parse(text: string, bytes: Buffer, type: string): unknown {
  const marks = bytes.length >= MIN_RAW ? new Marks() : undefined;
  const measured = measureStructure(text, MAX_DEPTH, marks, MAX_ITEMS);
  const { depth, names, differentNames, items, hasLongNumber } = measured;
  if (depth > MAX_DEPTH) throw invalidRequest(`The body nests deeper than ${MAX_DEPTH} levels.`);
  if (names > MAX_NAMES) throw tooMany('field names', MAX_NAMES);
  if (differentNames > MAX_DIFFERENT_NAMES) throw tooMany('different field names', MAX_DIFFERENT_NAMES);
  if (items > MAX_ITEMS) throw tooMany('items', MAX_ITEMS);
  if (text.trim() === '')
    throw invalidRequest('The body is empty: send a JSON object with `prompt` or `messages`.');
  try {
    const body: unknown = hasLongNumber && items <= MAX_EXACT_ITEMS ? parseExactly(text) : JSON.parse(text);
    if (marks && isJsonObject(body)) keepRawBody(body, bytes, text, marks);
    return body;
  } catch (error) {
    if (!JSON_TYPE.test(type)) throw notJson(type);
    // V8's message may quote the body; only its place in the text is told.
    const place = /position \d+(?: \(line \d+ column \d+\))?/.exec((error as Error).message)?.[0];
    throw invalidRequest(`The body is not valid JSON${place ? ` (at ${place})` : ''}.`);
  }
}

function tooMany(what: string, limit: number): Failure {
  return invalidRequest(`The body has more than ${limit.toLocaleString('en')} ${what}; no more are taken.`);
}

/** Of the bytes, as places in the text are places in them. */
function withoutByteOrderMark(bytes: Buffer): Buffer {
  const start = bytes.subarray(0, BYTE_ORDER_MARK.length);
  return start.equals(BYTE_ORDER_MARK) ? bytes.subarray(BYTE_ORDER_MARK.length) : bytes;
}

interface BodyParts {
  readonly parts: readonly Buffer[];
  /** Bytes of all of them. */
  readonly length: number;
}

function readBytes(request: IncomingMessage, maxBytes: number): Promise<BodyParts> {
  return new Promise((resolve, reject) => {
    const source = request.headers['content-encoding'] ? decodedBody(request) : request;
    let parts: Buffer[] = [];
    let length = 0;
    const pace = watchPace(request, reject);
    const tooLarge = () => {
      clearInterval(pace);
      // The rest is read and thrown away, so that the caller gets to see why; but not without end.
      source.off('data', keep);
      if (source !== request) request.unpipe();
      request.on('data', (part: Buffer) => {
        length += part.length;
        if (length > 4 * maxBytes) request.destroy();
      });
      if (source !== request) source.destroy();
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
    source.on('data', keep);
    source.on('end', () => {
      clearInterval(pace);
      resolve({ parts, length });
      // The request keeps its listeners, and so what they know, for as long as its answer takes.
      parts = [];
    });
    const closed = () =>
      reject(new Failure('client_closed', 'The caller closed the connection in its request.'));
    if (source !== request) {
      source.on('error', () =>
        reject(
          invalidRequest(
            `The body is not what \`content-encoding: ${request.headers['content-encoding']}\` says, or is cut.`,
          ),
        ),
      );
    }
    request.on('error', closed);
    request.on('close', () => {
      clearInterval(pace);
      if (!request.complete) closed();
    });
  });
}
