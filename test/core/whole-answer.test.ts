import { expect, it } from 'vitest';
import type { ChatCompletion } from '../../src/core/openai-types.ts';
import { WholeAnswer } from '../../src/core/whole-answer.ts';

const usage = { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 };
const json = JSON.stringify({ object: 'chat.completion', model: 'a', choices: [], usage }, null, 2);

it('an answer that nobody changed is sent as it came', () => {
  const completion = JSON.parse(json) as ChatCompletion;
  const answer = WholeAnswer.of(completion, json);
  expect(answer.withUsage(completion.usage!).json).toBe(json);
});

it('an answer with another usage is written anew, and the one it was made of stays as it was', () => {
  const answer = WholeAnswer.of(JSON.parse(json), json);
  const counted = answer.withUsage({ ...usage, total_tokens: 4 });
  expect(JSON.parse(counted.json).usage.total_tokens).toBe(4);
  expect(answer.completion.usage).toEqual(usage);
});

it('a stored answer is read when it is looked into', () => {
  expect(WholeAnswer.fromJson(json).completion.model).toBe('a');
  expect(WholeAnswer.fromJson(json).json).toBe(json);
});

it('a long answer is written in short pieces, also where its thoughts are in a form of their own', () => {
  const thinking = 'a thought '.repeat(60_000);
  const message = {
    role: 'assistant',
    content: 'x',
    reasoning_content: thinking,
    thinking_blocks: [{ thinking }],
  };
  const completion = { ...JSON.parse(json), choices: [{ index: 0, message, finish_reason: 'stop' }] };
  const pieces = [...WholeAnswer.of(completion).text];
  expect(pieces.join('')).toBe(JSON.stringify(completion));
  expect(Math.max(...pieces.map(({ length }) => length))).toBeLessThan(150_000);
  expect(pieces.length).toBeLessThan(50);
});
