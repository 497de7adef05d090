import { LRUCache } from 'lru-cache';
import { HOUR } from '../core/durations.ts';
import { atMost } from '../core/entry-bound.ts';
import type { Fields } from '../core/json-object.ts';

const MAX_SESSIONS = 5_000;
/** Milliseconds; no prompt cache is older. */
const FORGOTTEN_AFTER = HOUR;
/** An agent asks for titles and sends out others beside its main conversation. */
const MAX_CONVERSATIONS = 4;
const MAX_TURNS = 2_000;
/** Characters of a text that are looked at, all of a shorter one. */
const MAX_SAMPLED = 4_096;

/** In the order in which providers read them. */
const BEFORE_TURNS = ['tools', 'system', 'instructions'] as const;
const TURNS = ['messages', 'input'] as const;

interface Conversation {
  readonly before: readonly number[];
  readonly field: string;
  readonly turns: readonly number[];
}

/**
 * Where a session's conversation stopped being what it was: providers read a prompt from their cache up to the first
 * difference. Receipts tell it, to explain why a provider's prompt cache did not hit; nothing is decided by it.
 */
export class PromptPrefixes {
  readonly #sessions = new LRUCache<string, readonly Conversation[]>({
    ...atMost(MAX_SESSIONS),
    ttl: FORGOTTEN_AFTER,
    ttlAutopurge: false,
  });

  /**
   * @param session of one caller
   * @param body as any door has it
   * @returns the field that differs from the session's last request of this conversation (`system`, `messages.4`), or nothing
   */
  follow(session: string, body: object): string | null {
    const now = conversationIn(body as Fields);
    const known = this.#sessions.get(session) ?? [];
    const before = known.find(({ turns }) => turns[0] === now.turns[0]);
    const others = known.filter((one) => one !== before);
    this.#sessions.set(session, [now, ...others].slice(0, MAX_CONVERSATIONS));
    return before ? differenceOf(before, now) : null;
  }
}

function differenceOf(before: Conversation, now: Conversation): string | null {
  const place = BEFORE_TURNS.find((_, index) => before.before[index] !== now.before[index]);
  if (place) return place;
  const turn = before.turns.findIndex(
    (print, index) => index < now.turns.length && print !== now.turns[index],
  );
  return turn < 0 ? null : `${now.field}.${turn}`;
}

function conversationIn(body: Fields): Conversation {
  const field = TURNS.find((name) => Array.isArray(body[name])) ?? TURNS[0];
  const turns = Array.isArray(body[field]) ? body[field].slice(0, MAX_TURNS) : [];
  return { before: BEFORE_TURNS.map((name) => printOf(body[name])), field, turns: turns.map(printOf) };
}

/** A checksum (FNV-1a). Marks of the caller's for the cache move from turn to turn, and are no part of what is read. */
function printOf(value: unknown): number {
  return printed(0x811c9dc5, value) >>> 0;
}

function printed(hash: number, value: unknown): number {
  if (typeof value === 'string') return ofText(hash, value);
  if (typeof value !== 'object' || value === null) return ofText(hash, String(value));
  let all = mixed(hash, Array.isArray(value) ? 0x5b : 0x7b);
  for (const name in value) {
    if (name === 'cache_control') continue;
    all = printed(Array.isArray(value) ? all : ofText(all, name), (value as Fields)[name]);
  }
  return all;
}

function ofText(hash: number, text: string): number {
  let all = mixed(hash, text.length);
  const step = Math.max(1, text.length / MAX_SAMPLED);
  for (let at = 0; at < text.length; at += step) all = mixed(all, text.charCodeAt(Math.floor(at)));
  return all;
}

function mixed(hash: number, value: number): number {
  return Math.imul(hash ^ value, 0x01000193);
}
