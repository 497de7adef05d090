/**
 * A reply as what it is, a stream or a whole answer, whatever was asked for and whatever its content type says: streams come
 * as `text/plain`, as `Text/Event-Stream`, unasked, and whole answers where a stream was asked for.
 */
import { END } from '../core/chunk-stream.ts';
import { Collector } from '../core/collect.ts';
import { LARGE, turnForLargeWork } from '../core/large-work.ts';
import type { TransportReply } from './dispatch-handler.ts';
import type { EventChunkStream } from './event-chunk-stream.ts';
import { networkFailure } from './exchange-failures.ts';
import { asUpstreamFailure } from './normalise/reply-error.ts';
import type { Reply, Target, WholeReply } from './provider.ts';
import { ResponseBody } from './response-body.ts';
import { redactorOf } from './target-secrets.ts';

/** A whole answer that was read. */
export type ReadCompletion = Pick<WholeReply, 'completion' | 'json' | 'native'>;

/** What a dialect knows of its replies. */
export interface ReplyReader {
  readonly target: Target;
  readonly dropped: readonly string[];
  readonly isNative?: boolean;
  readonly wantsStream: boolean;
  /** May throw anything: nothing that a reply makes it throw is a fault of ours. */
  readonly readWhole: (text: string) => ReadCompletion;
  readonly readStream: (body: ResponseBody) => EventChunkStream;
}

/** @throws {UpstreamFailure} */
export async function readReply(reply: TransportReply, reader: ReplyReader): Promise<Reply> {
  const { headers, status, body } = reply;
  const { target, dropped, isNative = false } = reader;
  const facts = { dropped, isNative, headers, status };
  if (reader.wantsStream && (await isStream(body, isEventStream(headers), target.provider)))
    return { kind: 'stream', ...facts, batches: reader.readStream(body) };
  const text = await readText(body, target);
  try {
    const read = beginsAsEvents(text) ? await collected(text, reader) : reader.readWhole(text);
    // To write it for its caller is as much work again.
    if (text.length >= LARGE) await turnForLargeWork();
    return { kind: 'whole', ...facts, ...read };
  } catch (error) {
    throw asUpstreamFailure(error, target.provider);
  }
}

/** Reads a whole body as text, without the target's secrets. @throws {UpstreamFailure} when it is cut. */
export async function readText(body: ResponseBody, target: Target): Promise<string> {
  try {
    const text = await body.text();
    const nextStep = text.length >= LARGE ? turnForLargeWork : undefined;
    await nextStep?.();
    const redacted = redactorOf(target).redact(text);
    await nextStep?.();
    return redacted;
  } catch (error) {
    throw networkFailure(error, target.provider);
  }
}

/** A header is written in any case. */
export function isEventStream(headers: Readonly<Record<string, string>>): boolean {
  return /\btext\/event-stream\b/i.test(headers['content-type'] ?? '');
}

/** Its first bytes decide where they are plain, as the type is often wrong. */
async function isStream(body: ResponseBody, saysSo: boolean, provider: string): Promise<boolean> {
  try {
    for (;;) {
      const bytes = body.peek();
      if (bytes === END) return saysSo;
      if (bytes) {
        const start = bytes.toString('utf8', 0, 64);
        return saysSo ? !/^\uFEFF?\s*[{[<]/.test(start) : beginsAsEvents(start);
      }
      await body.readable();
    }
  } catch (error) {
    throw networkFailure(error, provider);
  }
}

/** Fields and comments of server-sent events; JSON begins with none of them. */
function beginsAsEvents(text: string): boolean {
  return /^\uFEFF?\s{0,64}(?:(?:data|event|id|retry)\s*:|:)/.test(text.slice(0, 128));
}

/** A stream that nobody asked for, as the whole answer it makes. */
async function collected(text: string, { readStream }: ReplyReader): Promise<ReadCompletion> {
  const bytes = Buffer.from(text);
  const body = new ResponseBody({ pause() {}, resume() {}, abort() {} });
  const stream = readStream(body);
  const collector = new Collector();
  let batches = 0;
  for (let at = 0; ; at += READ_AT_ONCE) {
    if (at > 0) await turnForLargeWork();
    if (at < bytes.length) body.push(bytes.subarray(at, at + READ_AT_ONCE));
    else body.end();
    for (let batch = stream.read(); batch; batch = stream.read()) {
      if (batch === END) return { completion: collector.completion(), native: collector.native };
      for (const chunk of batch) collector.add(chunk);
      batches += 1;
      if (batches % BATCHES_AT_ONCE === 0) await turnForLargeWork();
    }
  }
}

/** Bytes of events, and pieces of a long one: as many are read in some milliseconds. */
const READ_AT_ONCE = 256 * 1024;
const BATCHES_AT_ONCE = 16;
