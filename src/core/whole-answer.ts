/** A whole answer, as an object and as the JSON it is sent and stored as. Either is made of the other, once, when it is needed. */
import type { ChatCompletion, Usage } from './openai-types.ts';

export class WholeAnswer {
  #completion: ChatCompletion | undefined;
  #json: string | undefined;

  private constructor(completion: ChatCompletion | undefined, json: string | undefined) {
    this.#completion = completion;
    this.#json = json;
  }

  /**
   * @param completion must not change any more
   * @param json says just what the completion says: an answer that nobody changes is sent and stored as it came
   */
  static of(completion: ChatCompletion, json?: string): WholeAnswer {
    return new WholeAnswer(completion, json);
  }

  static fromJson(json: string): WholeAnswer {
    return new WholeAnswer(undefined, json);
  }

  get completion(): ChatCompletion {
    this.#completion ??= JSON.parse(this.#json!) as ChatCompletion;
    return this.#completion;
  }

  get json(): string {
    this.#json ??= JSON.stringify(this.#completion);
    return this.#json;
  }

  /** The same answer where the usage is the same, else another without the text that this one came as. */
  withUsage(usage: Usage): WholeAnswer {
    const { completion } = this;
    return completion.usage === usage ? this : WholeAnswer.of({ ...completion, usage });
  }
}
