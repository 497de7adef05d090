/** Questions of one turn of the event loop, asked together: one asking of many costs little more than one of one. */

interface Waiting<Question, Answer> {
  readonly question: Question;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: unknown) => void;
}

/** Joins the questions of one turn; a rejection of the one call rejects all that were in it. */
export class BatchLoader<Question, Answer> {
  readonly #askAll: (questions: readonly Question[]) => Promise<readonly Answer[]>;
  readonly #most: number;
  #waiting: Waiting<Question, Answer>[] = [];
  #turn: NodeJS.Immediate | undefined;

  /**
   * @param askAll answers each question, in order; when it rejects, all of them are
   * @param most questions at once
   */
  constructor(askAll: (questions: readonly Question[]) => Promise<readonly Answer[]>, most: number) {
    this.#askAll = askAll;
    this.#most = most;
  }

  ask(question: Question): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ question, resolve, reject });
      this.atEndOfTurn();
    });
  }

  /** Asks when this turn of the event loop ends, even if there is no question: what goes with them may be waiting. */
  atEndOfTurn(): void {
    this.#turn ??= setImmediate(() => this.flush());
  }

  /** Asks now. */
  flush(): void {
    if (!this.#turn) return;
    clearImmediate(this.#turn);
    this.#turn = undefined;
    do {
      this.#send(this.#waiting.splice(0, this.#most));
    } while (this.#waiting.length > 0);
  }

  #send(batch: readonly Waiting<Question, Answer>[]): void {
    this.#askAll(batch.map(({ question }) => question)).then(
      (answers) => {
        for (const [at, { resolve }] of batch.entries()) resolve(answers[at]!);
      },
      (error) => {
        for (const { reject } of batch) reject(error);
      },
    );
  }
}
