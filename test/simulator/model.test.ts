import { expect, test } from 'vitest';
import { canonicalAnswer } from '../../src/simulator/answer.ts';
import { draftReply, type SimulatedQuestion } from '../../src/simulator/draft.ts';
import { splitTokens, streamPieces } from '../../src/simulator/tokens.ts';

const context = { callNumber: 1, created: 0 };
const ask = (question: Partial<SimulatedQuestion>) =>
  draftReply(
    {
      turns: [{ role: 'user', text: 'hello world in go' }],
      tools: [],
      toolChoice: 'auto',
      parallelToolCalls: true,
      stop: [],
      continuesPrefill: true,
      ...question,
    },
    context,
  );
const answer = canonicalAnswer('hello world in go');
const user = { role: 'user' as const, text: 'hello world in go' };

test('the answer fits the question, has a fenced block, and enough pieces to cut at', () => {
  expect(ask({}).text).toBe(answer);
  expect(answer).toContain('```go\npackage main');
  expect(streamPieces(answer).length).toBeGreaterThan(40);
  expect(canonicalAnswer('hello world in C#')).toContain('Console.WriteLine');
  expect(canonicalAnswer('reverse a string in rust')).toContain('text.chars().rev()');
});

test('tokens joined together are the text again', () => {
  for (const text of [answer, '', '  \n', 'a'.repeat(100), '👍🏽 naïve — x\n\n']) {
    expect(splitTokens(text).join('')).toBe(text);
  }
});

test('a prefill is continued where it stops, unless the model answers from the beginning', () => {
  const prefill = answer.slice(0, 50);
  const turns = [user, { role: 'assistant' as const, text: prefill }];
  expect(ask({ turns }).text).toBe(answer.slice(50));
  expect(ask({ turns, continuesPrefill: false }).text).toBe(answer);
  expect(ask({ turns: [user, { role: 'assistant', text: 'Something else' }] }).text).toBe(answer);
});

test('a quoted partial answer is continued when asked to', () => {
  const partial = answer.slice(0, 77);
  const instruction = { role: 'user' as const, text: `Continue exactly where this stops:\n<<<${partial}>>>` };
  expect(ask({ turns: [user, instruction] }).text).toBe(answer.slice(77));
  const apart = [
    user,
    { role: 'assistant' as const, text: partial },
    { role: 'user' as const, text: 'continue' },
  ];
  expect(ask({ turns: apart }).text).toBe(answer.slice(77));
  const bySystem = [{ role: 'system' as const, text: `Continue the partial answer: ${partial}` }, user];
  expect(ask({ turns: bySystem }).text).toBe(answer.slice(77));
  const earlier = [user, { role: 'assistant' as const, text: answer }];
  const longer = [...earlier, { role: 'user' as const, text: 'hello world in c' }];
  const second = canonicalAnswer('hello world in c');
  const inSecond = [...longer, { role: 'assistant' as const, text: second.slice(0, 4) }, apart[2]!];
  expect(ask({ turns: inSecond }).text).toBe(second.slice(4));
  expect(ask({ turns: longer }).text).toBe(second);
  const overlapping = draftReply(
    {
      turns: apart,
      tools: [],
      toolChoice: 'auto',
      parallelToolCalls: true,
      stop: [],
      continuesPrefill: false,
    },
    { ...context, fault: { name: 'overlap', parameter: 2 } },
  );
  expect(overlapping.text.endsWith(answer.slice(77))).toBe(true);
  expect(answer).toContain(overlapping.text);
  expect(overlapping.text.length).toBeGreaterThan(answer.length - 77);
});

test('stop sequences and the token cap end the answer', () => {
  expect(ask({ stop: ['```'] })).toMatchObject({ finish: 'stop', stopSequence: '```' });
  expect(ask({ stop: ['```'] }).text).not.toContain('```');
  expect(ask({ maxTokens: 5 })).toMatchObject({ finish: 'length', usage: { output: 5 } });
});

test('the guardrail is obeyed', () => {
  const system = { role: 'system' as const, text: 'Only respond to questions about code.' };
  expect(ask({ turns: [system, { role: 'user', text: 'What is the capital of France?' }] }).text).toBe(
    "I don't know",
  );
  expect(ask({ turns: [system, user] }).text).toBe(answer);
});
