import { callText } from '../../core/call-text.ts';
import type { MutableFields } from '../../core/json-object.ts';
import type { ChunkChoice, Delta } from '../../core/openai-types.ts';
import { stopFieldsOf } from '../../core/stop-sequence.ts';
import { isHighHalf } from '../../core/text-pieces.ts';
import { malformed } from '../../failures/upstream-failure.ts';
import { toFinishReason } from './finish-reason.ts';
import { normaliseLogprobs } from './logprobs.ts';
import { makeTextsWhole, normaliseTexts } from './message-fields.ts';
import { ToolCallDeltas } from './tool-call-deltas.ts';

/** One choice of a stream: its texts, its tool calls and how it ends. */
export class ChoiceDeltas {
  readonly #provider: string;
  #calls: ToolCallDeltas | undefined;
  #hasText = false;
  #hasFinished = false;
  /** The first half of a character whose other half comes with the next piece, by field. */
  #halves: Map<string, string> | undefined;

  constructor(provider: string) {
    this.#provider = provider;
  }

  /** Changes the choice where it has to be put right. @returns characters it holds. @throws {UpstreamFailure} */
  add(choice: ChunkChoice): number {
    const delta = deltaOf(choice, this.#provider);
    if (this.#halves || !areWholeTexts(delta)) {
      normaliseTexts(delta, this.#provider);
      this.#joinHalves(delta);
    }
    if (delta.role !== undefined && delta.role !== 'assistant') delta.role = 'assistant';
    const { logprobs } = choice;
    if (logprobs !== undefined && logprobs !== null)
      choice.logprobs = normaliseLogprobs(logprobs, delta.content);
    let characters = lengthOf(delta);
    if (characters > 0) this.#hasText = true;
    if (delta.tool_calls !== undefined || delta.function_call) characters += this.#addCalls(delta);
    this.#finish(choice, delta);
    return characters;
  }

  /** @returns the end of a choice that has something and no end */
  end(index: number): ChunkChoice[] {
    if (this.#hasFinished || !(this.#hasText || this.#calls?.hasCalls)) return [];
    this.#hasFinished = true;
    const missing = this.#calls?.end() ?? [];
    const delta = missing.length > 0 ? { tool_calls: missing } : {};
    return [{ index, delta, finish_reason: this.#calls?.hasCalls ? 'tool_calls' : 'stop' }];
  }

  /** @returns characters of the arguments */
  #addCalls(delta: MutableFields): number {
    if (delta.function_call && !delta.tool_calls) {
      delta.tool_calls = [{ index: 0, function: delta.function_call }];
      delete delta.function_call;
    }
    if (!delta.tool_calls) {
      delete delta.tool_calls;
      return 0;
    }
    this.#calls ??= new ToolCallDeltas(this.#provider);
    const pieces = this.#calls.add(delta.tool_calls);
    if (pieces.length === 0) delete delta.tool_calls;
    else delta.tool_calls = pieces;
    let characters = 0;
    for (const piece of pieces) characters += callText(piece).length;
    return characters;
  }

  /** An empty reason says that the answer goes on, as `null` does. */
  #finish(choice: ChunkChoice, delta: MutableFields): void {
    const said: unknown = choice.finish_reason;
    if (said === null) return;
    if (said === undefined || said === '') {
      choice.finish_reason = null;
      return;
    }
    choice.finish_reason = toFinishReason(said, this.#calls?.hasCalls ?? false, this.#provider);
    Object.assign(choice, stopFieldsOf(said));
    if (this.#hasFinished || !this.#calls) {
      this.#hasFinished = true;
      return;
    }
    this.#hasFinished = true;
    const missing = this.#calls.end();
    if (missing.length > 0)
      delta.tool_calls = [...((delta.tool_calls as Delta['tool_calls']) ?? []), ...missing];
  }

  #joinHalves(delta: MutableFields): void {
    for (const name of TEXTS) {
      const text = delta[name];
      if (typeof text !== 'string' || text === '') continue;
      const joined = (this.#halves?.get(name) ?? '') + text;
      this.#halves?.delete(name);
      const isHalf = isHighHalf(joined.charCodeAt(joined.length - 1));
      if (isHalf) {
        this.#halves ??= new Map();
        this.#halves.set(name, joined.slice(-1));
      }
      delta[name] = isHalf ? joined.slice(0, -1) : joined;
    }
    makeTextsWhole(delta);
    if (this.#halves?.size === 0) this.#halves = undefined;
  }
}

const TEXTS = ['content', 'reasoning_content', 'reasoning', 'refusal'];

/** Some servers stream whole messages where deltas belong, or the `text` of an old completion. */
function deltaOf(choice: ChunkChoice, provider: string): MutableFields {
  const { delta, message, text } = choice as unknown as MutableFields;
  if (typeof delta === 'object' && delta !== null && !Array.isArray(delta)) return delta as MutableFields;
  if (delta !== undefined && delta !== null) throw malformed(`${provider} sent a delta that is none.`);
  const found =
    typeof message === 'object' && message !== null
      ? message
      : { ...(text !== undefined && { content: text }) };
  choice.delta = found as Delta;
  return found as MutableFields;
}

/** Texts where texts belong, and no half of a character in them. */
function areWholeTexts(delta: MutableFields): boolean {
  for (const name of TEXTS) {
    const text = delta[name];
    if (text === undefined || text === null) continue;
    if (typeof text !== 'string' || !text.isWellFormed()) return false;
  }
  return true;
}

function lengthOf(delta: MutableFields): number {
  let length = 0;
  for (const name of TEXTS) {
    const text = delta[name];
    if (typeof text === 'string') length += text.length;
  }
  return length;
}
