import { expect, it } from 'vitest';
import type { GuardrailRule } from '../../src/core/guardrail-rule.ts';
import { withGuardrail } from '../../src/guard/guardrail.ts';
import { makeRequest } from '../helpers/targets.ts';

const GUARDRAIL = { prompt: 'Only code.', doors: ['chat'] };
const own = { role: 'system', content: 'Answer in verse.' } as const;
const request = makeRequest({ messages: [own, { role: 'user', content: 'hi' }], temperature: 0 });

/** A door, with what a key and a chain say. */
const at = (door: string, ofKey?: GuardrailRule, ofChain?: GuardrailRule) => ({ door, ofKey, ofChain });

it("comes first, and the caller's own system message after it", () => {
  expect(withGuardrail(request, at('chat'), GUARDRAIL).messages).toEqual([
    { role: 'system', content: 'Only code.' },
    ...request.messages,
  ]);
});

it('changes nothing else', () => {
  expect(withGuardrail(request, at('chat'), GUARDRAIL)).toMatchObject({ temperature: 0, stream: false });
  expect(request.messages).toHaveLength(2);
});

it('is not there when it is off, and at other doors', () => {
  expect(withGuardrail(request, at('chat'), undefined)).toBe(request);
  expect(withGuardrail(request, at('messages'), GUARDRAIL)).toBe(request);
});

it.each([
  [at('chat', 'off'), false],
  [at('messages', 'always'), true],
  [at('chat', undefined, 'off'), false],
  [at('messages', 'default', 'always'), true],
  [at('messages', 'off', 'always'), false],
  [at('chat', 'default', 'default'), true],
])('a key says more than its chain, and a chain more than the door: %o', (place, isThere) => {
  expect(withGuardrail(request, place, GUARDRAIL) !== request).toBe(isThere);
});
