/**
 * One public API format ("door"): how its requests are read and its answers written. Inside, every request and answer is
 * OpenAI-chat-shaped; a door translates at the edge and knows nothing of routing, caches or accounts. A door is a folder
 * here and a line in `endpoints.ts`.
 */
import type { IncomingHttpHeaders } from 'node:http';
import type { ParsedRequest } from '../chat/parsed-request.ts';
import type { Batch } from '../core/chunk-stream.ts';
import type { Usage } from '../core/openai-types.ts';
import type { WholeAnswer } from '../core/whole-answer.ts';
import type { Failure, RateStates } from '../failures/failure.ts';

/** Names and values in turn, as `writeHead` takes them: setting each by itself costs twice as much. */
export type HeaderList = string[];

/** What a request says outside its body. */
export interface RequestContext {
  readonly headers: IncomingHttpHeaders;
  /** The values of a path's `{parameters}`, decoded. */
  readonly params: Readonly<Record<string, string>>;
  /** What follows the `?`, undecoded; empty without one. */
  readonly query: string;
}

/** Errors, in the shape this door's callers expect. */
export interface ErrorFormat {
  /** @param headers of the request */
  error(failure: Failure, requestId: string, headers: IncomingHttpHeaders): ErrorReply;
  /**
   * Headers that this door's replies have beside the common ones, errors included.
   * @param rates what is left of the caller's limits, where there are some
   */
  headers?(requestId: string, rates: RateStates | undefined): HeaderList;
  /** The caller's key, where this door's clients send it elsewhere than in `authorization` or `x-api-key`. */
  keyOf?(context: RequestContext): string | undefined;
}

/** A failure as a door tells it. */
export interface ErrorReply {
  readonly body: object;
  /** Where this door has another status for the failure than the failure table. */
  readonly status?: number;
  readonly headers?: HeaderList;
}

/** What `http/` needs of a door. */
export interface ApiFormat extends ErrorFormat {
  /** Of the door, in receipts, logs, metrics and settings; what it has parsed says the same (`door`). */
  readonly name: string;
  /** Its requests may name a prompt template, whose messages are put in before they are read. */
  readonly takesTemplates?: true;
  /** @throws {Failure} `invalid_request` that names this door's own field and the fix */
  parse(body: unknown, context: RequestContext): ParsedCall;
}

/** A request that has been read. */
export interface ParsedCall {
  /** What the pipeline needs. */
  readonly parsed: ParsedRequest;
  /** How this very request is answered. */
  readonly reply: ReplyFormat;
}

/** May hold what parsing learnt of the request, such as names of tools that have to be turned back. */
export interface ReplyFormat {
  /** @returns the body of a reply that is not streamed, as JSON; of a long one its pieces */
  whole(answer: WholeAnswer, requestId: string): string | Iterable<string>;
  /** Called once, before the first model is called. */
  events(requestId: string): EventWriter;
}

/** Writes one stream. What it returns goes out as it is; an empty text is not written. */
export interface EventWriter {
  /** `text/event-stream; charset=utf-8` when absent. */
  readonly contentType?: string;
  /**
   * What is long is made in pieces, between which others are served.
   * @param batch chunks that arrived together and leave in one write; usage may be among them, whether asked for or not
   */
  chunks(batch: Batch): string | Iterable<string>;
  /**
   * The answer is whole. Where its end says much of it again it is made in pieces, between which others are served.
   * @param usage of all of it, the provider's or our own count
   */
  end(usage: CountedUsage | undefined): string | Iterable<string>;
  /** The stream breaks after its first byte: an error in the place of its end; two texts where the second has to be read by itself. */
  failure(failure: Failure, requestId: string): string | readonly [string, string];
  /** A sign of life while nothing arrives; may come before the first chunk. */
  ping(): string;
}

/** Token counts of an answer, and whether they are our estimate: the provider reported none. */
export type CountedUsage = Usage & { readonly estimated?: boolean };
