/** Two requests share an answer when this is equal: the key order of their JSON is ignored and nothing else. */
import { createHash, hash } from 'node:crypto';
import { fingerprintsOf } from '../core/fingerprints.ts';
import type { ChatRequest } from '../core/openai-types.ts';
import { textPieces } from '../core/text-pieces.ts';

/** Characters that are hashed at once: a copy of all of a body of megabytes costs more than its hash. */
const PIECE = 64 * 1024;
/** Characters of a text that is hashed as it is: to write it as JSON costs several times its hash. */
const LONG_TEXT = 2 * 1024;
/** Characters of what stands in a key as it is; of more its hash. */
const MAX_READABLE = 4 * 1024;

/** A SHA-256 of the conversation, for the ledger and as the largest part of the cache key. */
export function promptHash(messages: ChatRequest['messages']): string {
  return jsonHash(messages);
}

/** A SHA-256 of the canonical JSON, in which long texts stand as they are. */
export function jsonHash(value: unknown): string {
  const hashed = new HashedText();
  writeJson(value, hashed);
  return hashed.digest();
}

/** The same for the ledger alone, from the bytes that a long body came as. @returns nothing where they were not kept */
export function conversationHash(source: object | undefined): string | undefined {
  const prints = fingerprintsOf(source);
  return prints && hash('sha256', prints.join(), 'base64url');
}

/**
 * @param scope who asks; answers are never shared between callers
 * @param route JSON of the models that may answer, in order
 * @param prompt hash of the messages
 * @returns everything that shapes the answer, readable; whether it is streamed does not
 */
export function cacheKey(scope: string, route: string, prompt: string, request: ChatRequest): string {
  const { messages: _messages, stream: _stream, stream_options: _options, ...shaping } = request;
  // JSON says itself where it ends, a hash is always as long and begins with no brace, so that no two requests can run
  // into one key.
  return `${route}${prompt}${keyPart(shaping)}${scope}`;
}

/** Canonical JSON, or its hash where that is long. */
export function keyPart(value: unknown): string {
  const json = new HashedText();
  writeJson(value, json);
  return json.short() ?? json.digest();
}

/** JSON with the keys of every object in order. */
export function canonicalJson(value: unknown): string {
  let json = '';
  writeJson(value, {
    add(text) {
      json += text;
    },
  });
  return json;
}

interface Writer {
  add(json: string): void;
  /** Takes a long text another way. @returns false where it is to be written as JSON */
  addLong?(text: string): boolean;
}

function writeJson(value: unknown, to: Writer): void {
  if (typeof value === 'string' && value.length > LONG_TEXT && to.addLong?.(value)) return;
  if (typeof value !== 'object' || value === null) return to.add(JSON.stringify(value) ?? 'null');
  if (Array.isArray(value)) {
    for (let at = 0; at < value.length; at++) {
      to.add(at === 0 ? '[' : ',');
      writeJson(value[at], to);
    }
    return to.add(value.length === 0 ? '[]' : ']');
  }
  const fields = value as Record<string, unknown>;
  let start = '{';
  for (const key of Object.keys(fields).sort()) {
    const field = fields[key];
    if (field === undefined) continue;
    to.add(`${start}${JSON.stringify(key)}:`);
    writeJson(field, to);
    start = ',';
  }
  to.add(start === '{' ? '{}' : '}');
}

/** A text that is hashed as it is written, so that a long one is never there as a whole. */
class HashedText implements Writer {
  #hash: ReturnType<typeof createHash> | undefined;
  #text = '';

  add(json: string): void {
    this.#text += json;
    if (this.#text.length >= PIECE) this.#update(this.#text);
  }

  /** Behind its length, which says where it ends; nothing of JSON begins as it does. Halves of characters are all the same in bytes. */
  addLong(text: string): boolean {
    if (!text.isWellFormed()) return false;
    this.#update(`${this.#text}~${text.length}:`);
    for (const piece of textPieces(text, PIECE)) this.#update(piece);
    return true;
  }

  /** All of it, where it is short. */
  short(): string | undefined {
    return this.#hash || this.#text.length > MAX_READABLE ? undefined : this.#text;
  }

  /** Its SHA-256. To be asked once. */
  digest(): string {
    return this.#hash?.update(this.#text).digest('base64url') ?? hash('sha256', this.#text, 'base64url');
  }

  #update(text: string): void {
    this.#hash ??= createHash('sha256');
    this.#hash.update(text);
    this.#text = '';
  }
}
