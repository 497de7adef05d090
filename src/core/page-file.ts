/** A file of the pages for people, held in memory: `src/pages` reads it, `src/http` serves it. */
export interface PageFile {
  /** The media type, as `Content-Type` says it. */
  readonly type: string;
  readonly content: Buffer;
  /** In quotes, as the header has it; follows from the content. */
  readonly etag: string;
  /** For those who are not signed in, too: the sign-in page and what it needs. */
  readonly isPublic: boolean;
  /** A page, in place of which a browser can be shown the sign-in page. */
  readonly isDocument: boolean;
}
