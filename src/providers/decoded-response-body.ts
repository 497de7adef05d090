/** Bodies in an encoding that was not asked for; some servers and proxies compress whatever they are told. */

import type { Transform } from 'node:stream';
import {
  createBrotliDecompress,
  createGunzip,
  createInflate,
  createInflateRaw,
  createZstdDecompress,
} from 'node:zlib';
import { malformed } from '../failures/upstream-failure.ts';
import type { ResponseBody } from './response-body.ts';

/** What the connection tells a body. */
export interface BodySink {
  push(piece: Buffer): void;
  end(): void;
  fail(error: unknown): void;
}

/** @returns the body itself for plain bytes, else what decodes them into it */
export function decodingInto(body: ResponseBody, encoding: string): BodySink {
  const names = encoding
    .toLowerCase()
    .split(',')
    .map((name) => name.trim());
  const encodings = names.filter((name) => name !== '' && name !== 'identity');
  if (encodings.length === 0) return body;
  if (encodings.length > 1 || !Object.hasOwn(DECODERS, encodings[0]!)) return new Undecodable(body);
  return new Decoder(body, DECODERS[encodings[0]!]!);
}

const DECODERS: Readonly<Record<string, (first: Buffer) => Transform>> = {
  gzip: () => createGunzip(),
  'x-gzip': () => createGunzip(),
  br: () => createBrotliDecompress(),
  zstd: () => createZstdDecompress(),
  // RFC 9110 says zlib's format; some servers send the bare one. Zlib's first byte says "deflate" in its low half.
  deflate: (first) => (((first[0] ?? 0) & 0x0f) === 8 ? createInflate() : createInflateRaw()),
};

class Decoder implements BodySink {
  readonly #body: ResponseBody;
  readonly #make: (first: Buffer) => Transform;
  #decoder: Transform | undefined;

  constructor(body: ResponseBody, make: (first: Buffer) => Transform) {
    this.#body = body;
    this.#make = make;
  }

  push(piece: Buffer): void {
    this.#decoder ??= this.#start(piece);
    // What is decoded is bounded by the body it goes to, which is read or refused.
    this.#decoder.write(piece);
  }

  end(): void {
    if (this.#decoder) this.#decoder.end();
    else this.#body.end();
  }

  fail(error: unknown): void {
    this.#decoder?.destroy();
    this.#body.fail(error);
  }

  #start(first: Buffer): Transform {
    const decoder = this.#make(first);
    decoder.on('data', (piece: Buffer) => {
      this.#body.push(piece);
      if (this.#body.isOver) decoder.destroy();
    });
    decoder.on('end', () => this.#body.end());
    decoder.on('error', () => this.#body.fail(malformed('The reply cannot be decompressed.')));
    return decoder;
  }
}

class Undecodable implements BodySink {
  readonly #body: ResponseBody;

  constructor(body: ResponseBody) {
    this.#body = body;
  }

  push(): void {
    this.end();
  }

  end(): void {
    this.#body.fail(malformed('The reply has an encoding that nobody asked for and we do not know.'));
  }

  fail(error: unknown): void {
    this.#body.fail(error);
  }
}
