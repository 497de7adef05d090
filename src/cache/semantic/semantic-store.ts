/** Answers to questions that mean the same. Asked after the exact cache has nothing; any trouble with it is a miss. */
import type { Clock, Random } from '../../core/clock.ts';
import type { AnswerStore, Found, LookupOptions, Peeked, Question, StoredAnswer } from '../answer-store.ts';
import { type Comparison, compare } from './compare.ts';
import { SemanticCounters, type SemanticReport } from './counters.ts';
import { eligibility, isSelfContained } from './eligibility.ts';
import { explainDifferences } from './explain.ts';
import type { HitWatch } from './hit-watch.ts';
import type { Judge } from './judge.ts';
import { type CanonicalQuestion, canonicalise } from './question.ts';
import { type IndexEntry, QuestionIndex } from './question-index.ts';
import { addToBucket, type KeyValueStore, readBucket } from './redis-index.ts';
import { bucketKey, scopeHash } from './scope.ts';
import { Vocabulary } from './vocabulary.ts';

type MaybeLater<T> = T | Promise<T>;

/** What the store compares by, where its answers are, and who watches it. */
export interface SemanticStoreOptions {
  /** `shadow` counts what would hit and serves nothing. */
  readonly mode: 'shadow' | 'on';
  /** The exact cache, which holds the answers. */
  readonly findExact: (exactKey: string) => MaybeLater<StoredAnswer | undefined>;
  /** What may be served; shared with the other stores of similar questions. */
  readonly watch: HitWatch;
  /** Bytes of the index. */
  readonly maxBytes?: number;
  /** Milliseconds an answer is stored, for the shared index. */
  readonly ttl: number;
  readonly allowsMultiTurn?: boolean;
  readonly synonyms?: readonly (readonly string[])[];
  readonly sharedIndex?: KeyValueStore | undefined;
  readonly judge?: Judge | undefined;
  readonly clock: Clock;
  readonly random: Random;
}

/** An {@link AnswerStore} that also reports what it has counted. */
export interface SemanticStore extends AnswerStore {
  find(question: Question, options?: LookupOptions): MaybeLater<Found | undefined>;
  /** Only for what a model answered: an answer served from here is not entered under its new wording, or meanings would drift. */
  keep(question: Question, answer: StoredAnswer): void;
  report(): SemanticReport;
}

const MEGABYTE = 2 ** 20;

/** Builds its tables of words once: some tens of milliseconds. */
export function createSemanticStore(options: SemanticStoreOptions): SemanticStore {
  return new Store(options);
}

interface Read {
  readonly prompt: string;
  readonly canonical: CanonicalQuestion;
  readonly bucket: string;
}

type Nearest =
  | { readonly entry: IndexEntry; readonly comparison: Comparison; readonly veto?: undefined }
  | { readonly entry?: undefined; readonly comparison?: undefined; readonly veto: string | undefined };

class Store implements SemanticStore {
  readonly name = 'semantic';
  readonly #options: SemanticStoreOptions;
  readonly #vocabulary: Vocabulary;
  readonly #vocabularyName: string;
  readonly #index: QuestionIndex;
  readonly #watch: HitWatch;
  readonly #counters = new SemanticCounters();

  constructor(options: SemanticStoreOptions) {
    this.#options = options;
    this.#vocabulary = new Vocabulary(options.synonyms);
    this.#vocabularyName = JSON.stringify(options.synonyms ?? []);
    this.#index = new QuestionIndex(options.maxBytes ?? 16 * MEGABYTE);
    this.#watch = options.watch;
  }

  find(question: Question, { similar }: LookupOptions = {}): MaybeLater<Found | undefined> {
    if (similar === 'off') return undefined;
    try {
      const read = this.#read(question);
      if (!read) return undefined;
      const limit = this.#watch.limit(question.scope, similar);
      const own = this.#index.get(read.bucket);
      const { sharedIndex } = this.#options;
      if (own.length > 0 || !sharedIndex) return this.#choose(own, read, question, limit);
      return readBucket(sharedIndex, read.bucket)
        .then((entries) => this.#choose(entries, read, question, limit))
        .catch(() => this.#failed());
    } catch {
      return this.#failed();
    }
  }

  async peek(question: Question, { similar }: LookupOptions = {}): Promise<Peeked> {
    const read = similar === 'off' || this.#options.mode !== 'on' ? undefined : this.#read(question, false);
    if (!read) return undefined;
    const own = this.#index.get(read.bucket);
    const { sharedIndex, findExact } = this.#options;
    const entries = own.length > 0 || !sharedIndex ? own : await readBucket(sharedIndex, read.bucket);
    const { entry } = this.#nearest(entries, read, question, this.#watch.limit(question.scope, similar));
    return entry && (await findExact(entry.exactKey)) && 'semantic';
  }

  keep(question: Question, _answer: StoredAnswer): void {
    try {
      const read = this.#read(question, false);
      if (!read) return;
      const entry = { prompt: read.prompt, exactKey: question.exactKey, requestId: question.requestId };
      this.#index.add(read.bucket, entry);
      const { sharedIndex, ttl } = this.#options;
      if (sharedIndex) void addToBucket(sharedIndex, read.bucket, entry, ttl);
    } catch {
      this.#failed();
    }
  }

  report(): SemanticReport {
    return this.#counters.report(this.#watch, this.#index.size, this.#options.judge !== undefined);
  }

  #failed(): undefined {
    this.#counters.lookup('error');
  }

  #read(question: Question, isCounted = true): Read | undefined {
    const eligible = eligibility(question.request, this.#options.allowsMultiTurn ?? false);
    const reason = 'reason' in eligible ? eligible.reason : undefined;
    const canonical = 'prompt' in eligible ? canonicalise(eligible.prompt, this.#vocabulary) : undefined;
    if ('prompt' in eligible && canonical && isSelfContained(canonical)) {
      return {
        prompt: eligible.prompt,
        canonical,
        bucket: bucketKey(scopeHash(question), canonical, this.#vocabularyName),
      };
    }
    if (isCounted) {
      this.#counters.lookup('ineligible');
      this.#counters.ineligible(reason ?? 'points at something else');
    }
    return undefined;
  }

  #choose(
    entries: readonly IndexEntry[],
    read: Read,
    question: Question,
    limit: number,
  ): MaybeLater<Found | undefined> {
    const { entry, comparison, veto } = this.#nearest(entries, read, question, limit);
    if (entry) return this.#take(entry, comparison, read, question);
    this.#counters.lookup(veto === undefined ? 'miss' : 'veto');
    if (veto !== undefined) this.#counters.veto(veto);
    return undefined;
  }

  /** The first that is the same question, or why the first of the others is not. */
  #nearest(
    entries: readonly IndexEntry[],
    { prompt, canonical }: Read,
    { scope }: Question,
    limit: number,
  ): Nearest {
    let veto: string | undefined;
    for (const entry of entries) {
      const comparison = compare(canonicalise(entry.prompt, this.#vocabulary), canonical);
      const pair = { scope, stored: entry.prompt, asked: prompt };
      const refusal = this.#watch.refuses(pair, comparison, limit);
      if (refusal === undefined) return { entry, comparison };
      veto ??= refusal;
    }
    return { veto };
  }

  #take(
    entry: IndexEntry,
    comparison: Comparison,
    read: Read,
    question: Question,
  ): MaybeLater<Found | undefined> {
    const answer = this.#options.findExact(entry.exactKey);
    const serve = (found: StoredAnswer | undefined) => this.#serve(found, entry, comparison, read, question);
    return answer instanceof Promise ? answer.then(serve).catch(() => this.#failed()) : serve(answer);
  }

  #serve(
    answer: StoredAnswer | undefined,
    entry: IndexEntry,
    comparison: Comparison,
    read: Read,
    question: Question,
  ): Found | undefined {
    if (!answer) {
      this.#index.remove(read.bucket, entry.exactKey);
      this.#counters.lookup('miss');
      return undefined;
    }
    const { mode, judge, random } = this.#options;
    const rules = comparison.differences.map(({ rule }) => rule);
    const isAudited = judge !== undefined && random() < this.#watch.budget.auditShare;
    if (isAudited)
      void this.#audit(judge, { stored: entry.prompt, asked: read.prompt, answer: answer.json }, rules);
    if (isAudited || mode === 'shadow') {
      this.#counters.lookup(mode === 'shadow' ? 'would_hit' : 'audited');
      return undefined;
    }
    this.#counters.lookup('hit');
    const { scope, requestId } = question;
    this.#watch.served(requestId, { scope, stored: entry.prompt, asked: read.prompt, rules });
    const differences = explainDifferences(comparison.differences);
    return {
      answer,
      match: 'semantic',
      details: { request: entry.requestId, cost: comparison.cost, differences },
    };
  }

  /** The caller gets the model's own answer meanwhile, so that an audit costs nobody a wrong one. */
  async #audit(
    judge: Judge,
    pair: { stored: string; asked: string; answer: string },
    rules: readonly string[],
  ): Promise<void> {
    const isSame = await judge.isSame(pair);
    if (isSame === undefined) {
      this.#counters.unknownAudits++;
      return;
    }
    this.#watch.audited(!isSame, { ...pair, rules });
  }
}
