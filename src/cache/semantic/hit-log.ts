/** The last hits, so that callers can say which were wrong; and the pairs that never meet again. */
import { hash } from 'node:crypto';
import { LRUCache } from 'lru-cache';

export interface LoggedHit {
  readonly stored: string;
  readonly asked: string;
  /** Names of the rules by which the two questions met. */
  readonly rules: readonly string[];
}

const MAX_HITS = 10_000;
const MAX_WRONG = 10_000;

export class HitLog {
  readonly #hits = new LRUCache<string, LoggedHit>({ max: MAX_HITS });
  readonly #wrong = new LRUCache<string, true>({ max: MAX_WRONG });

  add(requestId: string | undefined, hit: LoggedHit): void {
    if (requestId !== undefined) this.#hits.set(requestId, hit);
  }

  /** @returns the rules of the hit; undefined when it is unknown, or was reported before */
  markWrong(requestId: string): readonly string[] | undefined {
    const hit = this.#hits.get(requestId);
    if (!hit) return undefined;
    this.#hits.delete(requestId);
    this.forbid(hit.stored, hit.asked);
    return hit.rules;
  }

  forbid(stored: string, asked: string): void {
    this.#wrong.set(pairHash(stored, asked), true);
  }

  isWrong(stored: string, asked: string): boolean {
    return this.#wrong.size > 0 && this.#wrong.has(pairHash(stored, asked));
  }
}

/** The same whichever was first. */
const pairHash = (a: string, b: string) => hash('sha256', JSON.stringify([a, b].sort()), 'base64url');
