/** What was going on when: each attack and each reply by its name, so that a long turn can be told what it was about. */

/** Milliseconds for which what is over is remembered at least. */
const REMEMBERED = 15 * 60_000;

interface Span {
  readonly name: string;
  readonly from: number;
  to: number;
}

export class Timeline {
  #spans: Span[] = [];

  /** @returns what is to be called when it is over */
  begin(name: string): () => void {
    const span: Span = { name, from: Date.now(), to: Number.POSITIVE_INFINITY };
    this.#spans.push(span);
    if (this.#spans.length % 100_000 === 0) {
      const oldest = Date.now() - REMEMBERED;
      this.#spans = this.#spans.filter(({ to }) => to > oldest);
    }
    return () => {
      span.to = Date.now();
    };
  }

  /** Names of what was under way at some time between two, each with how often. */
  between(from: number, to: number): ReadonlyMap<string, number> {
    const names = new Map<string, number>();
    for (const span of this.#spans)
      if (span.from <= to && span.to >= from) names.set(span.name, (names.get(span.name) ?? 0) + 1);
    return names;
  }
}
