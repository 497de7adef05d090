/**
 * What a chat model writes around the text that was asked for, taken off as it arrives: a fence and the words before it,
 * the text before the gap once more, stop sequences. Each stage holds back only what is not decided yet, and reads every
 * character a bounded number of times.
 */

/** One stage: text goes in piece by piece, and comes out once it is decided. */
export interface TextStage {
  /** @returns what may go on now */
  feed(text: string): string;
  /** There is no more. @returns what was held back and belongs to the answer */
  end(): string;
  /** What follows is not wanted. */
  readonly isOver: boolean;
}

const OPENING = /^```[^\n`]{0,40}\n/;
/** The first words of a sentence that announces code. */
const ANNOUNCING = 'here,sure,certainly,of course,ok,the missing,the complete,the code,the text'.split(',');
const MAX_ANNOUNCEMENT = 200;
const CLOSING = '\n```';

/** Takes the answer out of a code fence. */
export class Unfenced implements TextStage {
  #held = '';
  #state: 'start' | 'plain' | 'fenced' | 'over' = 'start';
  /** The line feed after the opening fence is still to be left out; a closing fence may follow it at once. */
  #isFirst = true;

  get isOver(): boolean {
    return this.#state === 'over';
  }

  feed(text: string): string {
    if (this.#state === 'over') return '';
    if (this.#state === 'plain') return text;
    this.#held += text;
    if (this.#state === 'fenced') return this.#upToClosing();
    return this.#isUndecided() ? '' : this.#begin();
  }

  end(): string {
    const begun = this.#state === 'start' ? this.#begin() : '';
    const held = this.#held;
    this.#held = '';
    return this.#state === 'fenced' ? begun + held.replace(/\n`{0,2}$/, '') : begun + held;
  }

  #isUndecided(): boolean {
    const start = this.#held.trimStart();
    if ('```'.startsWith(start.slice(0, 3)) && !start.includes('\n') && start.length < 50) return true;
    if (!mayAnnounce(start) || start.length > MAX_ANNOUNCEMENT) return false;
    const [, afterwards] = /^[^\n]*:[ \t]*\n\s*([\s\S]*)$/.exec(start) ?? [];
    if (afterwards === undefined) return !start.includes('\n');
    return '```'.startsWith(afterwards.slice(0, 3)) && !afterwards.includes('\n');
  }

  #begin(): string {
    const start = this.#held.trimStart();
    const announced = mayAnnounce(start)
      ? /^[^\n]{0,200}:[ \t]*\n\s*(```[\s\S]*)$/.exec(start)?.[1]
      : undefined;
    const fenced = announced ?? start;
    const opening = OPENING.exec(fenced);
    if (!opening) {
      this.#state = 'plain';
      const held = this.#held;
      this.#held = '';
      return held;
    }
    this.#state = 'fenced';
    this.#held = fenced.slice(opening[0].length - 1);
    return this.#upToClosing();
  }

  #upToClosing(): string {
    const at = this.#held.indexOf(CLOSING);
    const until = at >= 0 ? at : this.#held.length - tailThatBegins(this.#held, CLOSING);
    let text = this.#held.slice(0, until);
    this.#held = this.#held.slice(until);
    if (at >= 0) {
      this.#state = 'over';
      this.#held = '';
    }
    if (this.#isFirst && text !== '') {
      text = text.slice(1);
      this.#isFirst = false;
    }
    return text;
  }
}

function mayAnnounce(start: string): boolean {
  const words = start.slice(0, 20).toLowerCase();
  return ANNOUNCING.some((first) => words.startsWith(first) || first.startsWith(words));
}

/** The text before the gap is compared so far back. */
const MAX_REPEATED = 4_000;
const MAX_LINES = 60;

/** Leaves out the last lines before the gap where the answer begins with them. */
export class WithoutPrefix implements TextStage {
  readonly isOver = false;
  /** The whole prefix, where it is short, and what of it begins at a line; the longest first. */
  readonly #repeatable: readonly string[];
  #held: string | undefined = '';

  constructor(prefix: string) {
    const near = prefix.slice(-MAX_REPEATED);
    const starts: number[] = near.length === prefix.length ? [0] : [];
    for (
      let at = near.lastIndexOf('\n');
      at >= 0 && starts.length < MAX_LINES;
      at = near.lastIndexOf('\n', at - 1)
    ) {
      starts.push(at + 1);
      if (at === 0) break;
    }
    this.#repeatable = [...new Set(starts)]
      .sort((one, other) => one - other)
      .map((start) => near.slice(start))
      .filter(isWorthComparing);
  }

  feed(text: string): string {
    if (this.#held === undefined) return text;
    this.#held += text;
    const held = this.#held;
    if (this.#repeatable.some((part) => part.length > held.length && part.startsWith(held))) return '';
    return this.#decide(held);
  }

  end(): string {
    return this.#held === undefined ? '' : this.#decide(this.#held);
  }

  #decide(held: string): string {
    this.#held = undefined;
    const repeated = this.#repeatable.find((part) => held.startsWith(part)) ?? '';
    return held.slice(repeated.length);
  }
}

/** A bracket alone is repeated by chance; the indentation of a line is not. */
function isWorthComparing(part: string): boolean {
  return part !== '' && (part.trim() === '' || part.trim().length >= 3);
}

/** Ends the answer at a stop sequence. */
export class UpToStop implements TextStage {
  readonly #stops: readonly string[];
  #held = '';
  /** The one it ended at. */
  stop: string | undefined;

  constructor(stops: readonly string[]) {
    this.#stops = stops.filter((stop) => stop !== '');
  }

  get isOver(): boolean {
    return this.stop !== undefined;
  }

  feed(text: string): string {
    if (this.isOver) return '';
    if (this.#stops.length === 0) return text;
    this.#held += text;
    let end = this.#held.length;
    for (const stop of this.#stops) {
      const at = this.#held.indexOf(stop);
      if (at < 0 || at > end || (at === end && this.isOver)) continue;
      end = at;
      this.stop = stop;
    }
    if (!this.isOver) end -= Math.max(...this.#stops.map((stop) => tailThatBegins(this.#held, stop)));
    const passed = this.#held.slice(0, end);
    this.#held = this.isOver ? '' : this.#held.slice(end);
    return passed;
  }

  end(): string {
    return this.#held;
  }

  /** What begins like a stop sequence is none: what follows is another text. @returns what was held back */
  release(): string {
    const held = this.#held;
    this.#held = '';
    return held;
  }
}

/** @returns how many of the last characters are the beginning of `sequence`, which is short */
function tailThatBegins(text: string, sequence: string): number {
  for (let length = Math.min(text.length, sequence.length - 1); length > 0; length--)
    if (text.endsWith(sequence.slice(0, length))) return length;
  return 0;
}
