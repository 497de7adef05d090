import { hash } from 'node:crypto';
import type { Clock } from '../../core/clock.ts';
import type { AnswerStore, Found, LookupOptions, Peeked, Question, StoredAnswer } from '../answer-store.ts';
import { compare } from '../semantic/compare.ts';
import { eligibility, isSelfContained } from '../semantic/eligibility.ts';
import { explainDifferences } from '../semantic/explain.ts';
import type { HitWatch } from '../semantic/hit-watch.ts';
import { type CanonicalQuestion, canonicalise } from '../semantic/question.ts';
import { LEXICON_VERSION, scopeHash } from '../semantic/scope.ts';
import { Vocabulary } from '../semantic/vocabulary.ts';
import { type Fetch, GptCacheClient } from './client.ts';
import { type Envelope, seal, unseal } from './envelope.ts';
import { PutQueue } from './put-queue.ts';

/** Where the server is, and which of its answers may be served. */
export interface GptCacheStoreOptions {
  readonly url: string;
  readonly secret: string;
  readonly fetch: Fetch;
  readonly clock: Clock;
  /** Milliseconds. */
  readonly timeout?: number;
  /** Milliseconds an answer may be used. */
  readonly ttl: number;
  /** In the shadow it is given answers and not asked; `on` by default. */
  readonly mode?: 'shadow' | 'on';
  /** What may be served; shared with the other stores of similar questions. */
  readonly watch: HitWatch;
  /** Characters of a row: servers on MySQL and PostgreSQL cut at 3,000. */
  readonly maxRow?: number;
  readonly allowsMultiTurn?: boolean;
  readonly synonyms?: readonly (readonly string[])[];
}

/** What became of the questions, and of the calls that gave nothing: failed, left out for a while, no room in the queue. */
export interface GptCacheReport {
  readonly lookups: Readonly<Record<string, number>>;
  readonly calls: Readonly<Record<string, number>>;
}

interface Read {
  readonly prompt: string;
  readonly canonical: CanonicalQuestion;
  readonly scope: string;
  readonly key: string;
}

/** A GPTCache server as one more store of answers. What it finds counts only when our own comparison agrees. */
export class GptCacheStore implements AnswerStore {
  readonly name = 'gptcache';
  readonly counts = { hit: 0, miss: 0, foreign: 0, expired: 0, veto: 0 };
  readonly #options: GptCacheStoreOptions;
  readonly #client: GptCacheClient;
  readonly #puts: PutQueue;
  readonly #vocabulary: Vocabulary;

  constructor(options: GptCacheStoreOptions) {
    this.#options = options;
    this.#client = new GptCacheClient(options);
    this.#puts = new PutQueue((key, value) => this.#client.put(key, value));
    this.#vocabulary = new Vocabulary(options.synonyms);
  }

  report(): GptCacheReport {
    const { failed, skipped } = this.#client.counts;
    return { lookups: { ...this.counts }, calls: { failed, skipped, dropped: this.#puts.dropped } };
  }

  /** Of the server's calls and of our queue. */
  get clientCounts() {
    return { ...this.#client.counts, dropped: this.#puts.dropped, waiting: this.#puts.length };
  }

  /** At once where it is not to be asked. */
  find(question: Question, { similar }: LookupOptions = {}): undefined | Promise<Found | undefined> {
    if (similar === 'off' || this.#options.mode === 'shadow') return undefined;
    return this.#ask(question, similar);
  }

  async #ask(question: Question, similar: LookupOptions['similar']): Promise<Found | undefined> {
    try {
      const read = this.#read(question);
      const text = read && (await this.#client.get(read.key));
      if (!read || text === undefined) return this.#count('miss');
      return this.#open(unseal(text, this.#options.secret), read, question, similar);
    } catch {
      return this.#count('miss');
    }
  }

  /** It counts what it is asked, and is somebody else's. */
  async peek(question: Question, { similar }: LookupOptions = {}): Promise<Peeked> {
    if (similar === 'off' || this.#options.mode === 'shadow') return undefined;
    return this.#read(question) && 'unknown';
  }

  keep(question: Question, answer: StoredAnswer): void {
    const { secret, maxRow, ttl, clock } = this.#options;
    const read = this.#read(question);
    if (!read) return;
    const envelope: Envelope = {
      scope: read.scope,
      prompt: read.prompt,
      requestId: question.requestId ?? null,
      expiresAt: clock.now() + ttl,
      lexicon: LEXICON_VERSION,
      answer,
    };
    const text = seal(envelope, secret, maxRow);
    if (text !== undefined) this.#puts.add(read.key, text);
  }

  #open(
    envelope: Envelope | undefined,
    read: Read,
    { scope, requestId }: Question,
    similar: LookupOptions['similar'],
  ): Found | undefined {
    const { clock, watch } = this.#options;
    if (!envelope || envelope.scope !== read.scope || envelope.lexicon !== LEXICON_VERSION)
      return this.#count('foreign');
    if (clock.now() >= envelope.expiresAt) return this.#count('expired');
    const comparison = compare(canonicalise(envelope.prompt, this.#vocabulary), read.canonical);
    const pair = { scope, stored: envelope.prompt, asked: read.prompt };
    if (watch.refuses(pair, comparison, watch.limit(scope, similar)) !== undefined)
      return this.#count('veto');
    this.counts.hit++;
    watch.served(requestId, { ...pair, rules: comparison.differences.map(({ rule }) => rule) });
    const details = {
      request: envelope.requestId ?? undefined,
      cost: comparison.cost,
      differences: explainDifferences(comparison.differences),
    };
    return { answer: envelope.answer, match: 'semantic', details };
  }

  #count(result: 'miss' | 'foreign' | 'expired' | 'veto'): undefined {
    this.counts[result]++;
  }

  #read(question: Question): Read | undefined {
    const eligible = eligibility(question.request, this.#options.allowsMultiTurn ?? false);
    if (!('prompt' in eligible)) return undefined;
    const { prompt } = eligible;
    const canonical = canonicalise(prompt, this.#vocabulary);
    if (!isSelfContained(canonical)) return undefined;
    const scope = scopeHash(question);
    // Equal cores of one scope lie at distance 0, so that no row of another tenant is ever nearer.
    return { prompt, canonical, scope, key: `${hash('sha256', scope, 'hex').slice(0, 8)} ${canonical.core}` };
  }
}
