/**
 * Items of recent answers. This server keeps no conversations, but the AI SDK, unless it is told `store: false`, sends
 * `{"type": "item_reference", "id": …}` in place of what the model said (seen with @ai-sdk/openai of ai 7). So what was
 * answered to callers who do not forbid it is remembered for a while: in this process, apart for each key, within bounds.
 */
import { hash } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { LRUCache } from 'lru-cache';
import { HOUR } from '../../core/durations.ts';

/** An input or output item of the Responses API; `type` says which, and nothing of it is checked. */
export type Item = Readonly<Record<string, unknown>>;

/** Characters of JSON. */
const MAX_SIZE = 16 * 2 ** 20;
/** One answer may not push out all the others. */
const MAX_ITEM = MAX_SIZE / 16;
/** Milliseconds: as long as somebody may think about an answer. */
const KEPT_FOR = HOUR;

/** The items of all callers, each of whom finds only their own. */
export class ItemMemory {
  /** JSON by owner and id. */
  readonly #items = new LRUCache<string, string>({
    maxSize: MAX_SIZE,
    maxEntrySize: MAX_ITEM,
    ttl: KEPT_FOR,
  });

  /** @returns what one caller's items are kept and found by */
  of(headers: IncomingHttpHeaders): OwnItems {
    const key = headers.authorization ?? headers['x-api-key'] ?? headers['api-key'] ?? '';
    const owner = hash('sha256', String(key), 'base64url');
    return {
      keep: (items) => {
        for (const item of items) this.#keep(owner, item as Item);
      },
      find: (id) => {
        const json = this.#items.get(`${owner} ${id}`);
        return json === undefined ? undefined : (JSON.parse(json) as Item);
      },
    };
  }

  #keep(owner: string, item: Item): void {
    // Thinking that cannot be shown to its model again is of no use.
    if (item.type === 'reasoning' && item.encrypted_content == null) return;
    if (typeof item.id !== 'string') return;
    // What is too long to keep is not written.
    if (textLength(item) > MAX_ITEM) return;
    const json = JSON.stringify(item);
    this.#items.set(`${owner} ${item.id}`, json, { size: json.length });
  }
}

/** Characters of all texts in it. */
function textLength(value: unknown): number {
  if (typeof value === 'string') return value.length;
  if (typeof value !== 'object' || value === null) return 0;
  return Object.values(value).reduce((sum: number, part) => sum + textLength(part), 0);
}

/** The items of one caller. */
export interface OwnItems {
  keep(items: readonly object[]): void;
  find(id: string): Item | undefined;
}
