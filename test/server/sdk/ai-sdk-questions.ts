/** Questions by way of the AI SDK, whichever provider package stands between. */
import { generateText, type LanguageModel, streamText } from 'ai';
import { expect } from 'vitest';

export const QUESTION = 'write me a function to print hello world';

/** Asks for a whole answer, and checks it. @returns its token counts */
export async function askWhole(model: LanguageModel) {
  const { text, finishReason, usage } = await generateText({ model, prompt: QUESTION });
  expect(text).toContain('Hello, World!');
  expect(finishReason).toBe('stop');
  return usage;
}

/** Asks for a stream, and checks it. @returns its token counts */
export async function askStream(model: LanguageModel) {
  const { textStream, finishReason, usage } = streamText({ model, prompt: QUESTION });
  let text = '';
  for await (const part of textStream) text += part;
  expect(text).toContain('line by line.');
  expect(await finishReason).toBe('stop');
  return usage;
}
