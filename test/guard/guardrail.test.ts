import { expect, it } from 'vitest';
import { withGuardrail } from '../../src/guard/guardrail.ts';
import { makeRequest } from '../helpers/targets.ts';

const GUARDRAIL = { prompt: 'Only code.', doors: ['chat'] };
const own = { role: 'system', content: 'Answer in verse.' } as const;
const request = makeRequest({ messages: [own, { role: 'user', content: 'hi' }], temperature: 0 });

it("comes first, and the caller's own system message after it", () => {
  expect(withGuardrail(request, 'chat', GUARDRAIL).messages).toEqual([
    { role: 'system', content: 'Only code.' },
    ...request.messages,
  ]);
});

it('changes nothing else', () => {
  expect(withGuardrail(request, 'chat', GUARDRAIL)).toMatchObject({ temperature: 0, stream: false });
  expect(request.messages).toHaveLength(2);
});

it('is not there when it is off, and at other doors', () => {
  expect(withGuardrail(request, 'chat', undefined)).toBe(request);
  expect(withGuardrail(request, 'messages', GUARDRAIL)).toBe(request);
});
