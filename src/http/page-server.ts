import type { IncomingMessage, ServerResponse } from 'node:http';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import type { PageFile } from '../core/page-file.ts';
import { Failure } from '../failures/failure.ts';
import type { Access } from './access.ts';

/** @returns all files by their addresses */
export type ReadPageFiles = () => ReadonlyMap<string, PageFile>;

/** Where browsers are sent that may not see a page yet; it takes `?to=` with the way back. */
export const SIGN_IN = '/ui/sign-in';

type Encoding = 'br' | 'gzip';

/** Bytes by which a window of Brotli is smaller than a power of two (RFC 7932, 9.1). */
const MAX_GAP = 16;

const compress: Record<Encoding, (content: Buffer) => Promise<Buffer>> = {
  br: (content) => promisify(brotliCompress)(content, { params: brotliParameters(content) }),
  gzip: (content) => promisify(gzip)(content, { level: 9 }),
};

/** A window as large as the content: Brotli's usual one, of megabytes, takes six times as long to make ready as to use. */
function brotliParameters({ length }: Buffer): Record<number, number> {
  const bits = Math.ceil(Math.log2(length + MAX_GAP));
  return {
    [constants.BROTLI_PARAM_QUALITY]: 9,
    [constants.BROTLI_PARAM_SIZE_HINT]: length,
    [constants.BROTLI_PARAM_LGWIN]: Math.min(
      Math.max(bits, constants.BROTLI_MIN_WINDOW_BITS),
      constants.BROTLI_DEFAULT_WINDOW,
    ),
  };
}

/** Serves the pages for people from memory: compressed, with 304 for what a browser has, and to nobody without right. */
export class PageServer {
  readonly #read: ReadPageFiles;
  readonly #access: Access;
  #files: ReadonlyMap<string, PageFile> | undefined;
  readonly #compressed = new Map<string, Promise<Buffer>>();

  constructor(read: ReadPageFiles, access: Access) {
    this.#read = read;
    this.#access = access;
  }

  /** @returns nothing for a path that no page has; files are read at the first request that could be for one */
  find(path: string): PageFile | undefined {
    if (path !== '/' && path !== '/docs' && !path.startsWith('/ui')) return undefined;
    this.#files ??= this.#read();
    const asked = path.replace(/(?<=.)\/$/, '');
    // People who know that pages are at /ui/… try that.
    return this.#files.get(asked === '/ui' ? '/' : asked);
  }

  /** @throws {Failure} `unauthorized` for a file, 405 for another method; a page is answered by the way to the sign-in page */
  async serve(file: PageFile, request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.setHeader('allow', 'GET');
      throw new Failure('invalid_request', `This page takes GET, not ${request.method}.`, { status: 405 });
    }
    if (!file.isPublic && !(await this.#mayHave(file, request))) {
      const location = `${SIGN_IN}?to=${encodeURIComponent(request.url!)}`;
      response.writeHead(303, { location, 'cache-control': 'no-store' }).end();
      return;
    }
    response.setHeader('content-type', file.type);
    response.setHeader('etag', file.etag);
    response.setHeader('cache-control', 'private, no-cache');
    response.setHeader('vary', 'accept-encoding, authorization, cookie');
    if (request.headers['if-none-match']?.includes(file.etag)) {
      response.writeHead(304).end();
      return;
    }
    const encoding = encodingFor(request);
    const content = encoding ? await this.#compressedContent(file, encoding) : file.content;
    if (encoding) response.setHeader('content-encoding', encoding);
    response.setHeader('content-length', content.length);
    response.writeHead(200).end(request.method === 'HEAD' ? undefined : content);
  }

  async #mayHave({ isDocument }: PageFile, request: IncomingMessage): Promise<boolean> {
    try {
      await this.#access.identify(request);
      return true;
    } catch (error) {
      if (isDocument && error instanceof Failure && error.rule.isAboutRights) return false;
      throw error;
    }
  }

  #compressedContent({ etag, content }: PageFile, encoding: Encoding): Promise<Buffer> {
    const name = `${encoding} ${etag}`;
    const known = this.#compressed.get(name);
    if (known) return known;
    const made = compress[encoding](content);
    this.#compressed.set(name, made);
    return made;
  }
}

function encodingFor({ headers }: IncomingMessage): Encoding | undefined {
  const accepted = String(headers['accept-encoding'] ?? '').split(/\s*,\s*/);
  return (['br', 'gzip'] as const).find((encoding) => accepted.includes(encoding));
}
