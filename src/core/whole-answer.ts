/** A whole answer, as an object and as the JSON it is sent and stored as. Either is made of the other, once, when it is needed. */
import type { ChatCompletion } from './openai-types.ts';
import { jsonOf } from './own-json.ts';

export class WholeAnswer {
  #completion: ChatCompletion | undefined;
  #json: string | undefined;

  /** @param completion must not change any more */
  static of(completion: ChatCompletion): WholeAnswer {
    const answer = new WholeAnswer();
    answer.#completion = completion;
    return answer;
  }

  static fromJson(json: string): WholeAnswer {
    const answer = new WholeAnswer();
    answer.#json = json;
    return answer;
  }

  get completion(): ChatCompletion {
    this.#completion ??= JSON.parse(this.#json!) as ChatCompletion;
    return this.#completion;
  }

  get json(): string {
    this.#json ??= jsonOf(this.#completion!);
    return this.#json;
  }
}
