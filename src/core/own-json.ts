/**
 * The JSON an answer came as, kept beside the object it was read into: an answer that nobody changes is sent and stored as
 * it came. It belongs to that very object, so a copy, which is how answers are changed, has none.
 */
import type { ChatCompletion } from './openai-types.ts';

const texts = new WeakMap<Readonly<ChatCompletion>, string>();

/** @param json says just what the completion says */
export function keepOwnJson(completion: Readonly<ChatCompletion>, json: string): void {
  texts.set(completion, json);
}

export function jsonOf(completion: Readonly<ChatCompletion>): string {
  return texts.get(completion) ?? JSON.stringify(completion);
}

/** The one way to change an answer in place: its text goes with what it said. */
export function setUsage(completion: ChatCompletion, usage: ChatCompletion['usage']): void {
  if (completion.usage === usage) return;
  completion.usage = usage;
  texts.delete(completion);
}
