import { ABOUT_WORDS, INTENT_WORDS } from './intent-words.ts';
import { isName, isPronounOne } from './letters-and-ones.ts';
import { LIGHT_PREPOSITIONS, PREPOSITIONS } from './lexicon/prepositions.ts';
import { STOP_WORDS } from './lexicon/stop-words.ts';
import { TOOLS } from './lexicon/tools.ts';
import { ARTEFACTS, BEFORE_VERB, CONVERTING, NOUNS_LIKE_VERBS } from './lexicon/word-classes.ts';
import { isAskedFor, priceOf } from './prices.ts';
import type { Reading } from './reading.ts';
import { MARK } from './segments.ts';
import type { Intent, Token } from './token.ts';
import type { Vocabulary, WordEntry } from './vocabulary.ts';
import { nameInContext } from './word-senses.ts';
import { KEYWORD_PREFIX } from './words.ts';

const NUMBER_WORDS = new Map(
  'zero one two three four five six seven eight nine ten eleven twelve'
    .split(' ')
    .map((word, n) => [word, String(n)]),
);
const NEGATIONS = new Set(['not', 'no', 'never', 'cannot', 'without']);
/** How many words a negation reaches. */
const NEGATION_REACH = 3;
const ARTICLES = new Set(['a', 'an', 'the']);
const ARTICLES_BEFORE_NOUN = new Set([...ARTICLES, 'my', 'another', 'each']);
const BEFORE_NOUN = new Set(['a', 'an', 'the', 'my', 'of', 'in', 'from', 'each', 'this', 'to']);
const BEFORE_PARTICIPLE = new Set(
  'is are was were be been get gets being i we you already not to'.split(' '),
);
const GERUND_PREPOSITIONS = new Set(['for', 'by', 'of', 'in', 'when', 'while']);

/** Reads words from left to right and gives each its meaning, role, negation and price. */
export class Reader implements Reading {
  readonly tokens: Token[] = [];
  readonly intents = new Set<Intent>();
  /** What stands after each "all". */
  readonly alls: string[][] = [];
  /** Prices of what was dropped altogether, such as "write" in "write a function that …". */
  readonly dropped = new Map<string, number>();
  readonly words: readonly string[];
  readonly literals: readonly string[];
  readonly vocabulary: Vocabulary;
  /** Nothing but languages, tools and artefacts so far. */
  isHead = true;
  sawVerb = false;
  role = '';
  previousWord = '|';
  /** Key of the token before, in the same phrase. */
  neighbour: string | undefined;
  at = 0;
  readonly has: ReadonlySet<string>;
  readonly #isAboutWords: boolean;
  /** Letters stand for things in it, as in "add a to b". */
  readonly hasLetters: boolean;
  readonly #converts: boolean;
  #negationLeft = 0;
  #isNounNext = false;
  #isInAll = false;
  /** What the next word looks back on: after "how to" and "for …ing" the same as after "to". */
  #nextPrevious = '';

  constructor(words: readonly string[], literals: readonly string[], vocabulary: Vocabulary) {
    this.words = words;
    this.literals = literals;
    this.vocabulary = vocabulary;
    this.has = new Set(words);
    this.#isAboutWords = words.some((word) => ABOUT_WORDS.has(word));
    this.hasLetters = words.some(
      (word) => word.length === 1 && word >= 'b' && word <= 'z' && !'cdris'.includes(word),
    );
    this.#converts = words.some((word) => CONVERTING.has(word));
  }

  read(): this {
    for (; this.at < this.words.length; this.at++) {
      const word = this.words[this.at]!;
      this.#nextPrevious = word;
      this.#readWord(word);
      this.previousWord = this.#nextPrevious;
    }
    return this;
  }

  word(offset: number): string {
    return this.words[this.at + offset] ?? '';
  }

  #readWord(word: string): void {
    if (word === '|' || word === ',') return this.#endPhrase(word);
    if (word.startsWith(MARK)) return this.#readMark(word);
    const key = NUMBER_WORDS.get(word) ?? word;
    if (word === 'one' && isPronounOne(this)) return;
    if (/^\d/.test(key) && /^\d+(?:\.\d+)*$/.test(key)) return this.#push(`N:${key}`, 'number');
    if (word.startsWith(KEYWORD_PREFIX)) return this.#push(word, 'word');
    if (key.length === 1 && this.#readLetter(key)) return;
    if (NEGATIONS.has(key)) return this.#negate();
    const role = PREPOSITIONS.get(key);
    if (role !== undefined) return this.#readPreposition(key, role);
    if (STOP_WORDS.has(key)) return;
    const intent = INTENT_WORDS.get(key);
    if (intent) return this.#readIntent(intent);
    if (key === 'newto') {
      this.#push('beginner', 'word');
      this.role = 'in';
      return;
    }
    this.#readContent(this.vocabulary.entry(key));
  }

  #endPhrase(mark: string): void {
    this.#isInAll = false;
    if (mark === '|') this.#negationLeft = 0;
    this.role = '';
    this.neighbour = undefined;
    this.#isNounNext = false;
  }

  #readMark(mark: string): void {
    if (!mark.startsWith('lit', 1)) return;
    this.#push(`L:${this.literals[Number(mark.slice(4, -1))]}`, 'literal');
    this.neighbour = undefined;
  }

  /** A letter that is a name ("list a"); false for the languages C, R and D. */
  #readLetter(letter: string): boolean {
    if (letter < 'a' || letter > 'z' || 'crd'.includes(letter)) return false;
    if (isName(letter, this)) this.#push(`L:${letter}`, 'literal');
    else return 'aist'.includes(letter);
    return true;
  }

  #negate(): void {
    this.tokens.push({
      key: 'not',
      kind: 'word',
      role: '',
      isNegated: false,
      isVerb: false,
      neighbour: undefined,
    });
    this.#negationLeft = NEGATION_REACH;
    this.role = '';
  }

  #readPreposition(word: string, role: string): void {
    const next = this.word(1);
    const following = this.vocabulary.entry(ARTICLES.has(next) ? this.word(2) : next).base;
    const isVerbNext = this.vocabulary.verbs.has(following);
    if (word === 'to' && isVerbNext && !ARTICLES_BEFORE_NOUN.has(next)) {
      if (!(this.#converts && this.sawVerb && NOUNS_LIKE_VERBS.has(following))) {
        this.role = '';
        return;
      }
    }
    if (GERUND_PREPOSITIONS.has(word) && isVerbNext && next.endsWith('ing')) {
      this.role = '';
      this.#nextPrevious = 'to';
      return;
    }
    this.role = role;
    this.#isInAll = false;
    this.#isNounNext = word === 'to';
    if (!LIGHT_PREPOSITIONS.has(word)) {
      this.tokens.push({
        key: word,
        kind: 'word',
        role: '',
        isNegated: this.#negationLeft > 0,
        isVerb: false,
        neighbour: undefined,
      });
      this.#negationLeft = 0;
    }
    this.neighbour = undefined;
  }

  #readIntent(intent: Intent): void {
    this.intents.add(intent);
    if (intent !== 'fix') this.role = '';
    if (intent === 'do' || intent === 'fix') this.#nextPrevious = 'to';
  }

  #readContent(entry: WordEntry): void {
    const { form, base } = entry;
    let key = this.#isAboutWords ? entry.exactName : entry.nearName;
    if (STOP_WORDS.has(key)) return;
    key = this.#asParticiple(key, entry) ?? nameInContext(key, this);
    const isVerb = this.#standsAsVerb(entry);
    this.#isNounNext = false;
    if (isVerb) {
      this.sawVerb = true;
      if (this.#negationLeft < NEGATION_REACH) this.#negationLeft = 0;
      if (this.tokens.length > 0 && (this.role === 'to' || this.role === 'from')) this.role = '';
    }
    if (isAskedFor(key, form, this)) {
      this.intents.add('do');
      this.dropped.set('write', 0.1);
      this.role = '';
      this.#nextPrevious = 'to';
      return;
    }
    const priced = priceOf(key, form, this);
    key = priced.key;
    const kind = TOOLS.has(key) ? 'tool' : 'word';
    const wasHead = this.isHead;
    this.#push(key, kind, isVerb, priced.price);
    if (form.endsWith('s') && form !== base) this.tokens.at(-1)!.isPlural = true;
    this.#noteAll(key, isVerb);
    this.isHead =
      wasHead && (kind === 'tool' || priced.price !== undefined || ARTEFACTS.has(key) || form.endsWith('ly'));
  }

  /** "a sorted list" is not "sort a list". */
  #asParticiple(key: string, { form, base, isVerb }: WordEntry): string | undefined {
    const isParticiple = form.endsWith('ed') && !form.endsWith('eed') && form !== base && isVerb;
    const next = this.word(1);
    if (!isParticiple || BEFORE_PARTICIPLE.has(this.previousWord) || next === '' || next === '|')
      return undefined;
    return `${key}-ed`;
  }

  #standsAsVerb({ form, base, isVerb }: WordEntry): boolean {
    if (!isVerb || this.#isNounNext) return false;
    if (BEFORE_VERB.has(this.previousWord) || this.tokens.length === 0) return true;
    // "postgres add column"
    if (this.isHead && form === base && !NOUNS_LIKE_VERBS.has(base)) return true;
    return form !== base && /(?:ing|ed|s)$/.test(form) && !BEFORE_NOUN.has(this.previousWord);
  }

  #noteAll(key: string, isVerb: boolean): void {
    if (this.#isInAll && !isVerb && key !== 'all') this.alls.at(-1)!.push(key);
    else if (isVerb) this.#isInAll = false;
    if (key === 'all') {
      this.#isInAll = true;
      this.alls.push([]);
    }
  }

  #push(key: string, kind: Token['kind'], isVerb = false, price?: number): void {
    const isNegated = this.#negationLeft > 0;
    const token: Token = { key, kind, role: this.role, isNegated, isVerb, neighbour: this.neighbour };
    if (price !== undefined) Object.assign(token, { price, isHead: this.isHead });
    this.tokens.push(token);
    if (kind !== 'number') {
      if (isNegated) this.#negationLeft--;
      this.isHead = false;
    }
    this.neighbour = key;
  }
}
