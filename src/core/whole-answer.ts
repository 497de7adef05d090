import { jsonPieces } from './json-pieces.ts';
import { LARGE } from './large-work.ts';
import type { ChatCompletion, Usage } from './openai-types.ts';

/** What the provider said on the wire that its caller speaks, too. */
export interface NativeAnswer {
  /** All of it as it came; absent for a stream, and where it could not go on so. */
  readonly json?: string | undefined;
  /** It has more in it than a completion can hold. */
  readonly hasMore: boolean;
}

/** A whole answer, as an object and as the JSON it is sent and stored as. Either is made of the other, once, when it is needed. */
export class WholeAnswer {
  readonly native: NativeAnswer | undefined;
  #completion: ChatCompletion | undefined;
  #json: string | undefined;

  private constructor(completion?: ChatCompletion, json?: string, native?: NativeAnswer) {
    this.#completion = completion;
    this.#json = json;
    this.native = native;
  }

  /**
   * @param completion must not change any more
   * @param json says just what the completion says: an answer that nobody changes is sent and stored as it came
   */
  static of(completion: ChatCompletion, json?: string, native?: NativeAnswer): WholeAnswer {
    return new WholeAnswer(completion, json, native);
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

  /** Its JSON, in pieces where it is long and has not been written yet. */
  get text(): string | Iterable<string> {
    if (this.#json !== undefined || this.leastLength < LARGE) return this.json;
    return jsonPieces(this.#completion);
  }

  /** Characters that its JSON has at least: where it has not been written yet, those of its texts. */
  get leastLength(): number {
    if (this.#json !== undefined) return this.#json.length;
    let length = 0;
    for (const { message } of this.completion.choices) {
      for (const value of Object.values(message)) if (typeof value === 'string') length += value.length;
      for (const call of message.tool_calls ?? [])
        if (call.type === 'function') length += call.function.arguments.length;
    }
    return length;
  }

  /** The same answer where the usage is the same, else another without the text that this one came as. */
  withUsage(usage: Usage): WholeAnswer {
    const { completion } = this;
    if (completion.usage === usage) return this;
    const native = this.native && { hasMore: this.native.hasMore };
    return WholeAnswer.of({ ...completion, usage }, undefined, native);
  }
}
