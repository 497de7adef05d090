import { readFileSync } from 'node:fs';
import { type KnownForms, lemmaOf } from './lemma.ts';
import { ABBREVIATIONS } from './lexicon/abbreviations.ts';
import { IMPLIED } from './lexicon/implied.ts';
import { IRREGULAR_FORMS, NOT_INFLECTED, SINGULAR_IN_S } from './lexicon/irregular-forms.ts';
import { KNOWN_WORDS, OFTEN_MISTYPED } from './lexicon/known-words.ts';
import { NEAR_SYNONYMS } from './lexicon/near-synonyms.ts';
import { OPTIONAL_WORDS } from './lexicon/optional-words.ts';
import { PREPOSITIONS } from './lexicon/prepositions.ts';
import { SPELLINGS } from './lexicon/spellings.ts';
import { STOP_WORDS } from './lexicon/stop-words.ts';
import { TOOL_NAMES } from './lexicon/tool-names.ts';
import { TOOLS } from './lexicon/tools.ts';
import { VERBS } from './lexicon/verbs.ts';
import { WORD_FORMS } from './lexicon/word-forms.ts';
import { TypingErrors } from './typing-errors.ts';

/** What is known of a word wherever it stands. */
export interface WordEntry {
  /** The word, its typing error corrected. */
  readonly form: string;
  readonly base: string;
  /** The name of all words that always mean the same. */
  readonly exactName: string;
  /** The name of all words that mean the same where something is to be done. */
  readonly nearName: string;
  readonly isVerb: boolean;
  readonly wasCorrected: boolean;
}

/** Words are remembered up to this number, then forgotten all at once: callers choose the words. */
const MAX_REMEMBERED = 20_000;
const MAX_REMEMBERED_LENGTH = 30;

/** All tables of words together, and what they make of one word. Built once for a process, and again for an owner's own synonyms. */
export class Vocabulary implements KnownForms {
  readonly irregular = new Map<string, string>();
  readonly singular = wordsOf(SINGULAR_IN_S);
  readonly verbs = wordsOf(VERBS);
  readonly implied = new Map<string, ReadonlySet<string>>();
  /** Words of the owner's own, which may have signs in them. */
  readonly #own: ReadonlySet<string>;
  readonly #aliases = new Map<string, string>();
  readonly #near = new Map<string, string>();
  readonly #known = wordsOf(KNOWN_WORDS);
  readonly #entries = new Map<string, WordEntry>();
  #typingErrors: TypingErrors | undefined;
  #common: ReadonlySet<string> | undefined;

  /** @param ownSynonyms groups of words of the owner's that always mean the same; the first is the name */
  constructor(ownSynonyms: readonly (readonly string[])[] = []) {
    this.#own = new Set(ownSynonyms.flat());
    for (const group of ownSynonyms) addGroup(this.#aliases, group);
    for (const table of [TOOL_NAMES, ABBREVIATIONS, SPELLINGS, WORD_FORMS]) {
      for (const group of groupsOf(table)) addGroup(this.#aliases, group);
    }
    for (const group of groupsOf(NEAR_SYNONYMS)) addGroup(this.#near, group);
    for (const [base, ...forms] of groupsOf(IRREGULAR_FORMS))
      for (const form of forms) this.irregular.set(form, base!);
    for (const word of wordsOf(NOT_INFLECTED)) this.irregular.set(word, word);
    for (const [word, ...others] of groupsOf(IMPLIED)) {
      this.implied.set(word!, new Set(others));
      this.#known.add(word!);
      for (const other of others) this.#known.add(other);
    }
  }

  isOwn(word: string): boolean {
    return this.#own.has(word);
  }

  hasMeaning(word: string): boolean {
    return this.#aliases.has(word) || this.#near.has(word);
  }

  isFixed(word: string): boolean {
    return STOP_WORDS.has(word) || TOOLS.has(word) || this.#known.has(word);
  }

  isKnown(word: string): boolean {
    return (
      this.hasMeaning(word) ||
      this.isFixed(word) ||
      this.verbs.has(word) ||
      OPTIONAL_WORDS.has(word) ||
      PREPOSITIONS.has(word)
    );
  }

  isOptional(word: string): boolean {
    return OPTIONAL_WORDS.has(word);
  }

  isStopWord(word: string): boolean {
    return STOP_WORDS.has(word);
  }

  /** A frequent word of English. */
  isCommon(word: string): boolean {
    this.#common ??= readWords('common-words.txt');
    return this.#common.has(word) || this.#common.has(`${word}e`);
  }

  entry(word: string): WordEntry {
    const remembered = this.#entries.get(word);
    if (remembered) return remembered;
    const entry = this.#look(word);
    if (word.length <= MAX_REMEMBERED_LENGTH) {
      if (this.#entries.size >= MAX_REMEMBERED) this.#entries.clear();
      this.#entries.set(word, entry);
    }
    return entry;
  }

  #look(word: string): WordEntry {
    let form = word;
    let base = lemmaOf(form, this);
    if (!this.isKnown(base) && !this.isKnown(form)) {
      const corrected = this.#corrections().correct(form);
      if (corrected) {
        form = corrected;
        base = lemmaOf(form, this);
      }
    }
    const exactName = this.#name(form, base, false);
    // "error handling"
    if (form.endsWith('ing') && this.verbs.has(exactName)) base = exactName;
    return {
      form,
      base,
      exactName,
      nearName: this.#name(form, base, true),
      isVerb: this.verbs.has(base),
      wasCorrected: form !== word,
    };
  }

  #name(form: string, base: string, isNear: boolean): string {
    const named = this.#nameOf(form, isNear);
    return named === form ? this.#nameOf(base, isNear) : named;
  }

  #nameOf(word: string, isNear: boolean): string {
    const alias = this.#aliases.get(word) ?? word;
    return isNear ? (this.#near.get(alias) ?? this.#near.get(word) ?? alias) : alias;
  }

  #corrections(): TypingErrors {
    if (this.#typingErrors) return this.#typingErrors;
    const lookAlikes = readWords('look-alikes.txt');
    const known = [
      ...this.#aliases.keys(),
      ...this.#near.keys(),
      ...this.verbs,
      ...TOOLS,
      ...OPTIONAL_WORDS.keys(),
      ...wordsOf(OFTEN_MISTYPED),
    ];
    this.#typingErrors = new TypingErrors(known, (word) => lookAlikes.has(word) || this.isCommon(word));
    return this.#typingErrors;
  }
}

const wordsOf = (table: string): Set<string> => new Set(table.split(/\s+/).filter(Boolean));

/** Lines of `name: other words`. */
function groupsOf(table: string): string[][] {
  return table
    .split('\n')
    .filter(Boolean)
    .map((line) => {
      const colon = line.indexOf(': ');
      return [line.slice(0, colon), ...line.slice(colon + 2).split(' ')];
    });
}

/** The first table that has a word decides. */
function addGroup(table: Map<string, string>, group: readonly string[]): void {
  for (const word of group) if (!table.has(word)) table.set(word, group[0]!);
}

/** A file of the lexicon: words, and comments after `#`. */
function readWords(file: string): ReadonlySet<string> {
  const text = readFileSync(new URL(`./lexicon/${file}`, import.meta.url), 'utf8');
  return new Set(
    text
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'))
      .flatMap((line) => line.split(' ')),
  );
}
