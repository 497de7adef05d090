import type { FinishReason } from '../../core/openai-types.ts';
import { malformed } from '../../failures/upstream-failure.ts';
import { parseObject } from '../openai-wire.ts';
import type { AnswerTool } from './answer-format.ts';
import { answerOf, isJson } from './anthropic-reply.ts';

/** Characters of an answer that is told at its end. */
const MAX_ANSWER = 8_000_000;

/** The answer of a stream where JSON was asked for: the input of the tool that takes it, told as text. */
export class StreamedAnswer {
  readonly #tool: AnswerTool;
  readonly #provider: string;
  /** The content block that is the call of the tool, and its input where that came whole at the start. */
  #block: number | undefined;
  #wholeInput: unknown;
  #hasPieces = false;
  /** The input so far, where the answer is only a field of it. */
  #input = '';
  /** What was said in words instead. */
  #words = '';

  constructor(tool: AnswerTool, provider: string) {
    this.#tool = tool;
    this.#provider = provider;
  }

  /** @returns whether a call of this tool is the answer */
  isTakenBy(toolName: string | undefined): boolean {
    return toolName === this.#tool.name;
  }

  isAt(block: number): boolean {
    return block === this.#block;
  }

  begin(block: number, input: unknown): void {
    this.#block = block;
    this.#wholeInput = input;
    this.#hasPieces = false;
    this.#input = '';
  }

  /** @returns text to tell at once; nothing where the answer is told at its end */
  add(piece: string): string | undefined {
    this.#hasPieces = true;
    if (this.#tool.field === undefined) return piece;
    this.#input += piece;
    if (this.#input.length > MAX_ANSWER) throw malformed(`${this.#provider} answers without end.`);
    return undefined;
  }

  /** @returns text that is still to be told. @throws {UpstreamFailure} for input that is no JSON object */
  end(): string | undefined {
    if (this.#hasPieces && this.#tool.field === undefined) return undefined;
    const input = this.#hasPieces ? parseObject(this.#input, {}, this.#provider) : this.#wholeInput;
    return JSON.stringify(answerOf(input, this.#tool)) ?? 'null';
  }

  addWords(text: string): void {
    if (this.#words.length <= MAX_ANSWER) this.#words += text;
  }

  /** A call of the tool is the answer, so it ends as one. @throws {UpstreamFailure} where words that are no JSON are all there is */
  finish(reason: FinishReason | null): FinishReason | null {
    const isWhole = reason === 'stop' || reason === 'tool_calls';
    if (this.#block === undefined && isWhole && !isJson(this.#words))
      throw malformed(`${this.#provider} did not give the JSON that was asked for.`);
    return reason === 'tool_calls' ? 'stop' : reason;
  }
}
