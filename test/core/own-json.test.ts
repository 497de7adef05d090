import { expect, it } from 'vitest';
import type { ChatCompletion } from '../../src/core/openai-types.ts';
import { jsonOf, keepOwnJson, setUsage } from '../../src/core/own-json.ts';

const usage = { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 };
const json = JSON.stringify({ object: 'chat.completion', model: 'a', choices: [], usage }, null, 2);

function read(): ChatCompletion {
  const completion = JSON.parse(json) as ChatCompletion;
  keepOwnJson(completion, json);
  return completion;
}

it('an answer that nobody changed is sent as it came', () => {
  const completion = read();
  setUsage(completion, completion.usage);
  expect(jsonOf(completion)).toBe(json);
});

it('a copy has no text, and neither has an answer with another usage', () => {
  expect(JSON.parse(jsonOf({ ...read(), model: 'b' }))).toMatchObject({ model: 'b' });
  const completion = read();
  setUsage(completion, { ...usage, total_tokens: 4 });
  expect(JSON.parse(jsonOf(completion)).usage.total_tokens).toBe(4);
});
