import type { Event, Subscriber } from '../../events/event.ts';
import { TooLargeError } from '../../events/too-large-error.ts';
import type { ProxySettings } from '../../providers/proxy.ts';
import { contentSize } from '../content-size.ts';
import { PostFailure, postJson } from '../post-json.ts';
import { type LangfuseItem, langfuseItemsOf } from './langfuse-items.ts';

/** Requests in one message. */
const MAX_BATCH = 25;
/** Bytes: Langfuse takes 3.5 MB in one message. */
const MAX_MESSAGE = 3_000_000;
const TRIES = 4;

/** Whose project it is, and what it is told. */
export interface LangfuseOptions {
  readonly publicKey: string;
  readonly secretKey: string;
  readonly baseUrl: string;
  /** Prompts and answers go along. */
  readonly hasContent: boolean;
  readonly proxies: ProxySettings;
  /** Milliseconds before the second try; for tests. */
  readonly firstPause?: number;
}

/**
 * Langfuse, by its public ingestion format (https://api.reference.langfuse.com/, `POST /api/public/ingestion`): a trace for
 * each request, a generation for each attempt, and scores. Its own package would bring OpenTelemetry into this thread.
 */
export function langfuseSink(options: LangfuseOptions): Subscriber {
  const { publicKey, secretKey, hasContent, proxies, firstPause } = options;
  const url = `${options.baseUrl.replace(/\/+$/, '')}/api/public/ingestion`;
  const credentials = Buffer.from(`${publicKey}:${secretKey}`).toString('base64');
  const headers = { authorization: `Basic ${credentials}` };
  const end = new AbortController();

  const post = async (batch: readonly LangfuseItem[]): Promise<Refusal[]> => {
    const answer = await postJson(
      url,
      { batch },
      { proxies, headers, tries: TRIES, signal: end.signal, ...(firstPause !== undefined && { firstPause }) },
    );
    return refusalsIn(answer);
  };
  /** @param failed gets the events of which something was not taken */
  const deliver = async (parts: readonly Part[], failed: Map<Event, Error>): Promise<void> => {
    try {
      for (const { id, error } of await post(parts.map(({ item }) => item))) {
        const refused =
          parts.find(({ item }) => item.id === id) ?? parts.find(({ event }) => !failed.has(event));
        if (refused) failed.set(refused.event, error);
      }
    } catch (error) {
      if (isTooLarge(error) && parts.length === 1)
        failed.set(parts[0]!.event, new TooLargeError('a request is too large for it, also alone'));
      else if (isTooLarge(error)) {
        // A proxy in between may take less than Langfuse does.
        const middle = Math.ceil(parts.length / 2);
        await deliver(parts.slice(0, middle), failed);
        await deliver(parts.slice(middle), failed);
      } else for (const { event } of parts) failed.set(event, error as Error);
    }
  };
  return {
    name: 'langfuse',
    listensTo: ['call_settled', 'request_scored'],
    maxBatch: MAX_BATCH,
    // What waits holds the conversation, whether or not it is passed on.
    sizeOf: contentSize,
    async on(events) {
      const failed = new Map<Event, Error>();
      for (const parts of messagesOf(events, hasContent)) await deliver(parts, failed);
      if (failed.size > 0) throw new AggregateError(failed.values());
    },
    async close() {
      end.abort();
    },
  };
}

/** What is told of an event; of a request with many attempts that is more than one message takes. */
interface Part {
  readonly event: Event;
  readonly item: LangfuseItem;
}

/** Each small enough to be taken. */
function messagesOf(events: readonly Event[], hasContent: boolean): Part[][] {
  const messages: Part[][] = [];
  let length = Number.POSITIVE_INFINITY;
  for (const event of events) {
    for (const item of langfuseItemsOf(event, hasContent)) {
      const itsLength = Buffer.byteLength(JSON.stringify(item));
      if (length + itsLength > MAX_MESSAGE) {
        messages.push([]);
        length = 0;
      }
      messages.at(-1)!.push({ event, item });
      length += itsLength;
    }
  }
  return messages;
}

function isTooLarge(error: unknown): boolean {
  return error instanceof PostFailure && error.status === 413;
}

/** An item that was not taken. */
interface Refusal {
  readonly id: unknown;
  readonly error: Error;
}

/**
 * Langfuse answers 207 and says of each item whether it took it.
 * @throws {Error} for anything else, such as the page of a proxy: nothing says that an item has arrived
 */
function refusalsIn(answer: string): Refusal[] {
  const errors = errorsIn(answer);
  if (!Array.isArray(errors))
    throw new Error('its answer is not one of Langfuse: LANGFUSE_BASE_URL may lead somewhere else');
  return errors.map((refusal: { id?: unknown; message?: unknown } | null) => ({
    id: refusal?.id,
    error: new Error(`an item was refused: ${String(refusal?.message).slice(0, 200)}`),
  }));
}

function errorsIn(answer: string): unknown {
  try {
    return (JSON.parse(answer) as { errors?: unknown } | null)?.errors;
  } catch {
    return undefined;
  }
}
