/** The last hits, so that callers can say which were wrong; and the pairs that never meet again. */
import { hash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { atMost } from '../../core/entry-bound.ts';

/** Two questions that met, and why. */
export interface LoggedHit {
  /** Who was answered. */
  readonly scope: string;
  readonly stored: string;
  readonly asked: string;
  /** Names of the rules by which the two questions met. */
  readonly rules: readonly string[];
}

const MAX_HITS = 10_000;
const MAX_WRONG = 10_000;

/** Both lists, bounded: the oldest are forgotten first. */
export class HitLog {
  readonly #hits = new LRUCache<string, LoggedHit & { readonly requestId: string }>(atMost(MAX_HITS));
  readonly #wrong = new LRUCache<string, true>(atMost(MAX_WRONG));

  /** Callers may choose their requests' ids, so that two scopes may have the same. */
  add(requestId: string | undefined, hit: LoggedHit): void {
    if (requestId !== undefined) this.#hits.set(hitKey(hit.scope, requestId), { ...hit, requestId });
  }

  /** The hit of a request, once. @param scope undefined: anybody's */
  take(requestId: string, scope: string | undefined): LoggedHit | undefined {
    const key =
      scope === undefined
        ? [...this.#hits.entries()].find(([, hit]) => hit.requestId === requestId)?.[0]
        : hitKey(scope, requestId);
    const hit = key === undefined ? undefined : this.#hits.get(key);
    if (key !== undefined) this.#hits.delete(key);
    return hit;
  }

  /** @param scope undefined: for everybody */
  forbid(scope: string | undefined, stored: string, asked: string): void {
    this.#wrong.set(pairHash(scope, stored, asked), true);
  }

  isWrong(scope: string, stored: string, asked: string): boolean {
    if (this.#wrong.size === 0) return false;
    return (
      this.#wrong.has(pairHash(scope, stored, asked)) || this.#wrong.has(pairHash(undefined, stored, asked))
    );
  }
}

const hitKey = (scope: string, requestId: string) => JSON.stringify([scope, requestId]);

/** The same whichever was first. */
const pairHash = (scope: string | undefined, a: string, b: string) =>
  hash('sha256', JSON.stringify([scope ?? null, ...[a, b].sort()]), 'base64url');
