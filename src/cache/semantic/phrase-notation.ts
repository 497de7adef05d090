/**
 * The notation of the phrase tables, one rule a line: `pattern => what it becomes`.
 *
 *     word          that word                     ~word   any form of that verb
 *     (a|b c)       one of these                  {a|b}   the same, kept for $1, $2 …
 *     [a|b]         one of these or nothing       [a|b]*  up to three of these
 *     <5>           one to five words, kept       #       a number
 *     / rest        what must follow, left alone; END is the end of a sentence
 *
 * All rules of a table share one graph of words, so that a text is read once however many rules there are.
 */
import { inflections } from './inflections.ts';

/** What a phrase becomes. */
export interface PhraseRule {
  /** What is put in place of the phrase; `$n` stands for the n-th thing kept. */
  readonly output: readonly string[];
  readonly hasSlot: boolean;
}

/** A place in the graph of all rules of a table, and the words that lead on from it. */
export interface PhraseNode {
  readonly words: Map<string, PhraseNode[]>;
  readonly numbers: PhraseNode[];
  readonly slots: { capture: number; longest: number; next: PhraseNode }[];
  readonly captures: { capture: number; words: ReadonlySet<string>; next: PhraseNode }[];
  /** Rules that end here, and what must follow. */
  readonly ends: { rule: PhraseRule; following: PhraseNode | undefined }[];
  /** The end of what must follow. */
  isEnd: boolean;
}

const REPEATS = 3;

/** A place from which nothing leads on yet. */
export const emptyNode = (): PhraseNode => ({
  words: new Map(),
  numbers: [],
  slots: [],
  captures: [],
  ends: [],
  isEnd: false,
});

/** @throws {Error} for a line that is no rule */
export function compilePhrases(table: string): PhraseNode {
  const root = emptyNode();
  for (const line of table.split('\n')) if (line.trim() !== '') mergeInto(root, compileRule(line));
  return root;
}

function compileRule(line: string): PhraseNode {
  const arrow = line.indexOf('=>');
  if (arrow < 0) throw new Error(`A phrase rule needs "=>": ${line}`);
  const output = line
    .slice(arrow + 2)
    .split(' ')
    .filter(Boolean);
  const [pattern = '', following] = line.slice(0, arrow).split(' / ');
  const rule: PhraseRule = { output, hasSlot: pattern.includes('<') };
  const end = emptyNode();
  end.ends.push({ rule, following: following === undefined ? undefined : compileFollowing(following) });
  return new PatternReader(pattern).read(end);
}

function compileFollowing(pattern: string): PhraseNode {
  const end = emptyNode();
  end.isEnd = true;
  return new PatternReader(pattern).read(end);
}

/** Reads a pattern from its last item to its first, because every item has to know what comes next. */
class PatternReader {
  readonly #pattern: string;
  #captures: number;

  constructor(pattern: string) {
    this.#pattern = pattern;
    this.#captures = pattern.match(/[<{]/g)?.length ?? 0;
  }

  read(end: PhraseNode): PhraseNode {
    return this.#sequence(this.#pattern, end);
  }

  #sequence(pattern: string, end: PhraseNode): PhraseNode {
    return itemsOf(pattern).reduceRight((next, item) => this.#item(item, next), end);
  }

  #item(item: string, next: PhraseNode): PhraseNode {
    const node = emptyNode();
    if (item.startsWith('(')) return this.#oneOf(item.slice(1, -1), next);
    if (item.startsWith('{')) {
      const words = new Set(item.slice(1, -1).split('|'));
      node.captures.push({ capture: this.#captures--, words, next });
    } else if (item.startsWith('<')) {
      node.slots.push({ capture: this.#captures--, longest: Number(item.slice(1, -1)), next });
    } else if (item.startsWith('[')) {
      const isRepeated = item.endsWith('*');
      const inner = item.slice(1, isRepeated ? -2 : -1);
      let from = next;
      for (let times = 0; times < (isRepeated ? REPEATS : 1); times++) {
        const taken = this.#oneOf(inner, from);
        mergeInto(taken, next);
        from = taken;
      }
      return from;
    } else if (item === '#') node.numbers.push(next);
    else
      for (const form of item.startsWith('~') ? inflections(item.slice(1)) : [item])
        addWord(node, form === 'END' ? '|' : form, next);
    return node;
  }

  #oneOf(choices: string, next: PhraseNode): PhraseNode {
    const node = emptyNode();
    for (const choice of choicesOf(choices)) mergeInto(node, this.#sequence(choice, next));
    return node;
  }
}

function addWord({ words }: PhraseNode, word: string, next: PhraseNode): void {
  const known = words.get(word);
  if (known) known.push(next);
  else words.set(word, [next]);
}

function mergeInto(node: PhraseNode, other: PhraseNode): void {
  for (const [word, nexts] of other.words) for (const next of nexts) addWord(node, word, next);
  node.numbers.push(...other.numbers);
  node.slots.push(...other.slots);
  node.captures.push(...other.captures);
  node.ends.push(...other.ends);
  node.isEnd ||= other.isEnd;
}

/** Splits at a separator outside of brackets. */
function splitOutside(text: string, separator: string): string[] {
  const dependencies: string[] = [];
  let depth = 0;
  let part = '';
  for (const character of text) {
    if ('([{<'.includes(character)) depth++;
    if (')]}>'.includes(character)) depth--;
    if (character === separator && depth === 0) {
      dependencies.push(part);
      part = '';
    } else part += character;
  }
  return [...dependencies, part];
}

const itemsOf = (pattern: string) => splitOutside(pattern, ' ').filter(Boolean);
const choicesOf = (pattern: string) => splitOutside(pattern, '|');
