/** Request bodies that were compressed on their way (RFC 9110, section 8.4). */
import type { IncomingMessage } from 'node:http';
import type { Readable, Transform } from 'node:stream';
import { createBrotliDecompress, createInflate, createUnzip, createZstdDecompress } from 'node:zlib';
import { invalidRequest } from '../failures/failure.ts';

const DECODERS: Readonly<Record<string, () => Transform>> = {
  gzip: createUnzip,
  'x-gzip': createUnzip,
  deflate: createInflate,
  br: createBrotliDecompress,
  zstd: createZstdDecompress,
};

/**
 * The body as it was before it was compressed, which may be a thousand times as long: the reader bounds it.
 * @throws {Failure} `invalid_request` (415) for an encoding that is not known
 */
export function decodedBody(request: IncomingMessage): Readable {
  const encoding = (request.headers['content-encoding'] ?? 'identity').trim().toLowerCase();
  if (encoding === '' || encoding === 'identity') return request;
  const make = Object.hasOwn(DECODERS, encoding) ? DECODERS[encoding] : undefined;
  if (!make) {
    const known = Object.keys(DECODERS).filter((name) => !name.startsWith('x-'));
    throw invalidRequest(
      `\`content-encoding: ${encoding.slice(0, 40)}\` is not known: send the body as it is, or as one of ${known.join(', ')}.`,
      undefined,
      415,
    );
  }
  const decoder = make();
  // Not `pipeline`, which would close the connection before the caller is told what is wrong.
  request.pipe(decoder);
  return decoder;
}
