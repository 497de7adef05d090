import { describe, expect, it } from 'vitest';
import { PromptPrefixes } from '../../src/chat/prompt-prefixes.ts';

const turn = (text: string, rest: object = {}) => ({
  role: 'user',
  content: [{ type: 'text', text, ...rest }],
});
const FIRST = { system: 'Be brief.', tools: [{ name: 'a' }], messages: [turn('one')] };

describe('where a conversation stopped being what it was', () => {
  it('nowhere, while it only grows; marks of the cache may move', () => {
    const prefixes = new PromptPrefixes();
    const mark = { cache_control: { type: 'ephemeral' } };
    const marked = { ...FIRST, messages: [turn('one', mark)] };
    const longer = { ...FIRST, messages: [turn('one'), turn('two', mark)] };
    for (const body of [FIRST, FIRST, marked, longer]) expect(prefixes.follow('s', body)).toBeNull();
  });

  it.each([
    ['system', { ...FIRST, system: 'Be brief. It is 10:01.' }],
    ['tools', { ...FIRST, tools: [{ name: 'b' }] }],
    ['messages.1', { ...FIRST, messages: [turn('one'), turn('other'), turn('three')] }],
  ])('%s', (place, body) => {
    const prefixes = new PromptPrefixes();
    prefixes.follow('s', { ...FIRST, messages: [turn('one'), turn('two')] });
    expect(prefixes.follow('s', body)).toBe(place);
  });

  it('another conversation beside it, and another session, break nothing', () => {
    const prefixes = new PromptPrefixes();
    const title = { system: 'Make a title.', messages: [turn('title of: one')] };
    for (const [session, body] of [
      ['s', FIRST],
      ['s', title],
      ['t', { ...FIRST, system: 'x' }],
      ['s', FIRST],
    ] as const)
      expect(prefixes.follow(session, body)).toBeNull();
  });

  it('items of a Responses request as well', () => {
    const prefixes = new PromptPrefixes();
    const input = (...texts: string[]) => ({ input: texts.map((content) => ({ role: 'user', content })) });
    prefixes.follow('s', input('one', 'two'));
    expect(prefixes.follow('s', input('one', 'other'))).toBe('input.1');
  });
});
