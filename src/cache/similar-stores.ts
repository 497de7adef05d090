/** The stores that answer other words for the same question; loaded only where they are switched on. */
import type { Clock, Random } from '../core/clock.ts';
import type { AnswerStore } from './answer-store.ts';
import type { ExactStore } from './exact-store.ts';
import { GptCacheStore } from './gptcache/gptcache-store.ts';
import { HitWatch } from './semantic/hit-watch.ts';
import { type AskModel, Judge } from './semantic/judge.ts';
import { parseSynonyms } from './semantic/owner-synonyms.ts';
import type { KeyValueStore } from './semantic/redis-index.ts';
import { createSemanticStore, type SemanticStore } from './semantic/semantic-store.ts';

/** The settings of these stores, read. */
export interface SimilarStoresOptions {
  readonly mode: 'off' | 'shadow' | 'on';
  /** Share of hits that may be wrong. */
  readonly budget: number;
  /** Cost up to which two questions are the same. */
  readonly limit: number;
  /** Bytes of the index. */
  readonly maxBytes: number;
  readonly allowsMultiTurn: boolean;
  /** Lines such as `acme-db = postgresql`. */
  readonly synonyms: string;
  readonly gptCache: { readonly url: string; readonly secret: string; readonly timeout: number } | undefined;
  readonly sharedIndex: KeyValueStore | undefined;
  /** Audits hits, within dollars a day. */
  readonly judge: { readonly ask: AskModel; readonly budget: number } | undefined;
  /** Milliseconds an answer may be used. */
  readonly ttl: number;
}

/** The stores that are switched on, in the order in which they are asked. */
export interface SimilarStores {
  readonly stores: readonly AnswerStore[];
  readonly semantic: SemanticStore | undefined;
  readonly gptCache: GptCacheStore | undefined;
  readonly watch: HitWatch;
}

/** Puts them together. @param exact where the answers are that the index points at */
export function similarStores(
  options: SimilarStoresOptions,
  exact: ExactStore,
  { clock, random }: { clock: Clock; random: Random },
): SimilarStores {
  const { mode, gptCache, ttl, limit, allowsMultiTurn } = options;
  const synonyms = parseSynonyms(options.synonyms);
  const watch = new HitWatch({ budget: options.budget, limit });
  const semantic =
    mode === 'off'
      ? undefined
      : createSemanticStore({
          ...options,
          mode,
          synonyms,
          watch,
          findExact: (key) => exact.get(key),
          judge: options.judge && new Judge(options.judge.ask, options.judge.budget, clock),
          clock,
          random,
        });
  const remote =
    gptCache &&
    new GptCacheStore({
      ...gptCache,
      mode: mode === 'shadow' ? 'shadow' : 'on',
      fetch,
      clock,
      ttl,
      watch,
      synonyms,
      allowsMultiTurn,
    });
  return {
    stores: [...(semantic ? [semantic] : []), ...(remote ? [remote] : [])],
    semantic,
    gptCache: remote,
    watch,
  };
}
