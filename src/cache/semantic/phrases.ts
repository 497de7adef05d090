/** Replaces phrases: at every word the longest that fits, table after table. */
import { ACTION_PHRASES } from './lexicon/phrases-actions.ts';
import { DATA_PHRASES } from './lexicon/phrases-data.ts';
import { FIRST_PHRASES } from './lexicon/phrases-first.ts';
import { POLITENESS_PHRASES } from './lexicon/phrases-politeness.ts';
import { PROGRAMMING_PHRASES } from './lexicon/phrases-programming.ts';
import { QUESTION_PHRASES } from './lexicon/phrases-questions.ts';
import { RELATION_PHRASES } from './lexicon/phrases-relations.ts';
import { compilePhrases, type PhraseNode, type PhraseRule } from './phrase-notation.ts';

/** In this order: what one table makes, the next ones read. */
const TABLES = [
  FIRST_PHRASES,
  POLITENESS_PHRASES,
  QUESTION_PHRASES,
  PROGRAMMING_PHRASES,
  DATA_PHRASES,
  ACTION_PHRASES,
  RELATION_PHRASES,
].map(compilePhrases);
/** A bound for the worst text; questions need less than ten. */
const MAX_REPLACEMENTS = 200;

interface Match {
  readonly rule: PhraseRule;
  readonly end: number;
  /** Start and end of what was kept, two numbers a capture. */
  readonly captures: readonly number[];
}

/** @param words lower case; `|` ends a sentence */
export function replacePhrases(words: readonly string[]): readonly string[] {
  return TABLES.reduce(replaceWith, words);
}

function replaceWith(words: readonly string[], table: PhraseNode): readonly string[] {
  let input = words;
  let output: string[] | undefined;
  let replacements = 0;
  for (let at = 0; at < input.length; ) {
    const match = replacements < MAX_REPLACEMENTS ? longestMatch(table, input, at) : undefined;
    if (!match) {
      output?.push(input[at]!);
      at++;
      continue;
    }
    output ??= input.slice(0, at);
    replacements++;
    const { before, kept } = fill(match, input);
    output.push(...before);
    at = match.end;
    if (kept.length > 0) {
      // What was kept may hold further phrases.
      input = [...kept, ...input.slice(at)];
      at = 0;
    }
  }
  return output ?? words;
}

/** The replacement up to the first thing kept, and from it on. */
function fill({ rule, captures }: Match, input: readonly string[]): { before: string[]; kept: string[] } {
  const before: string[] = [];
  const kept: string[] = [];
  for (const word of rule.output) {
    const dollar = word.indexOf('$');
    if (dollar < 0) (kept.length > 0 ? kept : before).push(word);
    else {
      const capture = Number(word[dollar + 1]);
      const held = input.slice(captures[2 * capture] ?? 0, captures[2 * capture + 1] ?? 0);
      if (word.length === 2 && rule.hasSlot) kept.push(...held);
      else before.push(word.slice(0, dollar) + held.join('') + word.slice(dollar + 2));
    }
  }
  return { before, kept };
}

function longestMatch(table: PhraseNode, input: readonly string[], at: number): Match | undefined {
  const first = table.words.get(input[at]!);
  if (!first && !table.captures.some(({ words }) => words.has(input[at]!))) return undefined;
  const search = new Search(input);
  search.from(table, at);
  return search.best;
}

class Search {
  best: Match | undefined;
  readonly #input: readonly string[];
  readonly #captures: number[] = [];

  constructor(input: readonly string[]) {
    this.#input = input;
  }

  from(node: PhraseNode, at: number): void {
    for (const { rule, following } of node.ends) {
      const { best } = this;
      // What a slot takes is as short as can be.
      if (best && (best.end >= at || (best.rule === rule && rule.hasSlot))) continue;
      if (following && !follows(following, this.#input, at)) continue;
      this.best = { rule, end: at, captures: [...this.#captures] };
    }
    const word = this.#input[at];
    if (word === undefined) return;
    const nexts = node.words.get(word);
    if (nexts) for (const next of nexts) this.from(next, at + 1);
    if (node.numbers.length > 0 && isNumber(word)) for (const next of node.numbers) this.from(next, at + 1);
    for (const { capture, words, next } of node.captures)
      if (words.has(word)) this.#keep(capture, at, at + 1, next);
    for (const { capture, longest, next } of node.slots) {
      for (let end = at + 1; end <= at + longest && end <= this.#input.length; end++) {
        if (this.#input[end - 1] === '|') break;
        this.#keep(capture, at, end, next);
      }
    }
  }

  #keep(capture: number, start: number, end: number, next: PhraseNode): void {
    const [was, wasEnd] = [this.#captures[2 * capture] ?? 0, this.#captures[2 * capture + 1] ?? 0];
    this.#captures[2 * capture] = start;
    this.#captures[2 * capture + 1] = end;
    this.from(next, end);
    this.#captures[2 * capture] = was;
    this.#captures[2 * capture + 1] = wasEnd;
  }
}

function follows(node: PhraseNode, input: readonly string[], at: number): boolean {
  if (node.isEnd) return true;
  const word = input[at];
  // The end of the text ends a sentence, too.
  const nexts = node.words.get(word ?? '|');
  if (nexts?.some((next) => follows(next, input, at + 1))) return true;
  if (word === undefined) return false;
  if (isNumber(word) && node.numbers.some((next) => follows(next, input, at + 1))) return true;
  return node.slots.some(({ longest, next }) => {
    for (let end = at + 1; end <= at + longest && input[end - 1] !== '|'; end++)
      if (follows(next, input, end)) return true;
    return false;
  });
}

const isNumber = (word: string) => /^\d/.test(word);
