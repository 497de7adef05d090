import type { Gap } from '../provider.ts';
import type { TextStage } from './text-stages.ts';

/** What follows the gap is compared so far. */
const MAX_REPEATED = 4_000;
/** White space that is held back. */
const MAX_SPACE = 100;
/** All that can be held back: what stands before the last so many characters goes on unread. */
const MAX_HELD = MAX_REPEATED + MAX_SPACE;

/** Leaves out the beginning of what follows the gap where the answer goes on into it. */
export class WithoutSuffix implements TextStage {
  readonly isOver = false;
  readonly #gap: Gap;
  /** What follows, from its first character that is no white space. */
  readonly #next: string;
  /** Knuth, Morris and Pratt's table: how much of the beginning is still there when the next character does not fit. */
  readonly #shorter: readonly number[];
  /** White space, and after it as much of `#next` as the answer's last characters are. */
  #held = '';
  #matched = 0;
  /** The last line of the answer that has gone on, to see which brackets are open. */
  #line = '';

  constructor(gap: Gap) {
    this.#gap = gap;
    this.#next = (gap.suffix ?? '').trimStart().slice(0, MAX_REPEATED);
    this.#shorter = tableOf(this.#next);
  }

  feed(text: string): string {
    if (this.#gap.suffix === undefined) return text;
    let passed = '';
    let begin = 0;
    if (text.length > MAX_HELD) {
      begin = text.length - MAX_HELD;
      passed = this.#held + text.slice(0, begin);
      this.#held = '';
      this.#matched = 0;
    }
    for (let at = begin; at < text.length; at++) {
      const before = this.#matched;
      this.#match(text[at]!);
      this.#held += text[at]!;
      if (this.#matched > before) continue;
      const lost = this.#held.length - this.#matched;
      const kept = lost - spaceAtEnd(this.#held, lost);
      passed += this.#held.slice(0, kept);
      this.#held = this.#held.slice(kept);
    }
    const line = (this.#line + passed).slice(-MAX_REPEATED);
    this.#line = line.slice(line.lastIndexOf('\n') + 1);
    return passed;
  }

  end(): string {
    const { suffix } = this.#gap;
    if (suffix === undefined) return '';
    const space = this.#held.slice(0, this.#held.length - this.#matched);
    const overlap = this.#next.slice(0, this.#matched);
    const isRepeated = overlap !== '' && this.#isRepeated(space, overlap);
    if (overlap !== '' && !isRepeated) return this.#held;
    const ownSpace = suffix.slice(0, suffix.length - suffix.trimStart().length);
    return spaceBefore(space, ownSpace, isRepeated);
  }

  #match(unit: string): void {
    const next = this.#next;
    while (this.#matched > 0 && (this.#matched === next.length || next[this.#matched] !== unit))
      this.#matched = this.#shorter[this.#matched - 1]!;
    if (next[this.#matched] === unit) this.#matched += 1;
  }

  /** Brackets at the end may be those that close what the answer itself, or the text before it, opened. */
  #isRepeated(space: string, overlap: string): boolean {
    const [nextLine = ''] = this.#next.split('\n', 1);
    const line = `${this.#gap.prefix.split('\n').at(-1)}${this.#line}${space}${overlap}${nextLine}`;
    const closing = closings(overlap);
    if (closing > 0) return closings(line) >= closing;
    if (/[^\s'"`]/.test(overlap)) return overlap.replace(/\s/g, '').length >= 3 || /^[;,]+\s*$/.test(overlap);
    const quotes = line.match(/['"`]/g)?.length ?? 0;
    return quotes % 2 === 1;
  }
}

/** @returns how much of the text's first `length` characters is white space at their end, up to a bound */
function spaceAtEnd(text: string, length: number): number {
  let space = 0;
  while (space < Math.min(length, MAX_SPACE) && /\s/.test(text[length - space - 1]!)) space += 1;
  return space;
}

/** Brackets that are closed more often than opened. */
function closings(text: string): number {
  return (text.match(/[)\]}]/g)?.length ?? 0) - (text.match(/[([{]/g)?.length ?? 0);
}

/** White space between the answer and what follows, which has its own. */
function spaceBefore(space: string, ownSpace: string, isRepeated: boolean): string {
  if (isRepeated) return ownSpace === '' ? space : '';
  const lineEnd = space.indexOf('\n');
  return lineEnd >= 0 && ownSpace.includes('\n') ? space.slice(0, lineEnd) : space;
}

function tableOf(text: string): number[] {
  const table: number[] = text === '' ? [] : [0];
  let length = 0;
  for (let at = 1; at < text.length; at++) {
    while (length > 0 && text[at] !== text[length]) length = table[length - 1]!;
    if (text[at] === text[length]) length += 1;
    table.push(length);
  }
  return table;
}
