/**
 * Editors ask for a completion with every key, and have no use for the answer to the last but one: a newer request of the
 * same caller for the same place of the same file ends the older, so that it costs nothing more and keeps no place.
 */
import { LRUCache } from 'lru-cache';
import { jsonHash } from '../cache/cache-key.ts';
import { asText } from '../core/as-text.ts';
import { atMost } from '../core/entry-bound.ts';
import type { ChatRequest } from '../core/openai-types.ts';
import { Failure } from '../failures/failure.ts';
import { countedUser, type Incoming } from './incoming.ts';

/** Callers that are remembered, and requests of each. */
const MAX_CALLERS = 10_000;
const MAX_OPEN = 16;
/** Characters: of the lines before the one being written, of the text before the gap that is looked through, and after it. */
const ANCHOR = 160;
const REACH = 1_500;
const AFTER = 160;
/** Milliseconds that a newer request waits for the older's place to be free; it ends at once, and is counted then. */
const MAX_WAIT = 1_000;

/** Where in a text a completion was asked for, as far as it stays the same while somebody types there. */
interface Place {
  /** What stands before the line that is being written. */
  readonly anchor: string;
  /** The end of the text before the gap. */
  readonly before: string;
  /** What stands after the line that is being written. */
  readonly after: string;
  /** A hash of all of it, to see the very same request. */
  readonly whole: string;
}

interface Open {
  readonly place: Place;
  readonly stop: AbortController;
  readonly ended: Promise<void>;
}

/** A request that has entered. */
export interface Entered {
  /** The request, which may now be ended by a newer one. */
  readonly incoming: Incoming;
  /** Its answer has been given. */
  readonly left: () => void;
}

/** The requests that newer ones may end; `replacesOlder` of a parsed request says which those are. */
export class NewestRequests {
  readonly #open = new LRUCache<string, readonly Open[]>(atMost(MAX_CALLERS));

  /** Resolves when the requests that it replaces have given their places back. */
  async enter(incoming: Incoming): Promise<Entered> {
    const { parsed, signal, cacheControl } = incoming;
    const who = callerOf(incoming);
    const { promise: ended, resolve: end } = Promise.withResolvers<void>();
    const one: Open = { place: placeOf(parsed.request), stop: new AbortController(), ended };
    const stop = () => one.stop.abort(signal.reason);
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) stop();
    const others = this.#open.get(who) ?? [];
    const shares = parsed.cache && !cacheControl.noStore && !cacheControl.noCache;
    const replaced = others.filter(({ place }) => isOlderOf(place, one.place, shares));
    this.#open.set(who, [...others.filter((open) => !replaced.includes(open)), one].slice(-MAX_OPEN));
    for (const { stop: older } of replaced) older.abort(superseded());
    if (replaced.length > 0) await within(MAX_WAIT, Promise.all(replaced.map((open) => open.ended)));
    return {
      incoming: { ...incoming, signal: one.stop.signal },
      left: () => {
        end();
        signal.removeEventListener('abort', stop);
        const rest = (this.#open.get(who) ?? []).filter((open) => open !== one);
        if (rest.length > 0) this.#open.set(who, rest);
        else this.#open.delete(who);
      },
    };
  }
}

/** @returns the failure to tell the caller: where we ended the request ourselves, why, and not what that led to */
export function callerFailure<Of>({ signal }: Pick<Incoming, 'signal'>, failure: Of): Of | Failure {
  return signal.reason instanceof Failure ? signal.reason : failure;
}

async function within(milliseconds: number, done: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise((resolve) => {
    timer = setTimeout(resolve, milliseconds);
  });
  await Promise.race([done, late]);
  clearTimeout(timer);
}

/** No status that clients try again with: the older would end the newer. */
function superseded(): Failure {
  const message = 'A newer request for the same place of the same file was made, which ended this one.';
  return new Failure('client_closed', message, { code: 'superseded' });
}

/** Users and models apart: nobody's request ends another's. */
function callerOf(incoming: Incoming): string {
  const { caller, parsed } = incoming;
  return JSON.stringify([caller.scope, caller.keyId, countedUser(incoming) ?? null, parsed.model ?? null]);
}

function placeOf({ messages, suffix = '' }: ChatRequest): Place {
  const prefix = asText(messages.at(-1)?.content ?? '');
  const line = prefix.lastIndexOf('\n') + 1;
  const next = suffix.indexOf('\n');
  return {
    anchor: prefix.slice(Math.max(0, line - ANCHOR), line),
    before: prefix.slice(-REACH),
    after: next < 0 ? '' : suffix.slice(next, next + AFTER),
    whole: jsonHash([prefix, suffix]),
  };
}

/** @param shares the very same request shares one call with the older */
function isOlderOf(older: Place, newer: Place, shares: boolean): boolean {
  if (older.whole === newer.whole) return !shares;
  if (older.after !== newer.after) return false;
  if (older.anchor === '' || newer.anchor === '') return isNear(older, newer);
  return newer.before.includes(older.anchor) || older.before.includes(newer.anchor);
}

/** On the first line of a text there is nothing before it: then one is the beginning of the other. */
function isNear({ before: one }: Place, { before: other }: Place): boolean {
  return one.startsWith(other) || other.startsWith(one);
}
