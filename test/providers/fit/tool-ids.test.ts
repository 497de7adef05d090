/** Ids of tool calls in the alphabet of the server that is asked. */
import { describe, expect, it } from 'vitest';
import type { ChatMessage } from '../../../src/core/openai-types.ts';
import { ANTHROPIC_TOOL_IDS, MISTRAL_TOOL_IDS, withToolIds } from '../../../src/providers/fit/tool-ids.ts';

const calls = (...ids: string[]): ChatMessage => ({
  role: 'assistant',
  content: null,
  tool_calls: ids.map((id) => ({ id, type: 'function', function: { name: 'f', arguments: '{}' } })),
});
const result = (id: string): ChatMessage => ({ role: 'tool', tool_call_id: id, content: 'r' });
const idsOf = (messages: ChatMessage[]) =>
  messages.map((message) =>
    message.role === 'tool'
      ? message.tool_call_id
      : message.role === 'assistant'
        ? message.tool_calls?.map(({ id }) => id)
        : undefined,
  );

describe('tool ids', () => {
  it('in the alphabet stay, and the list is the same', () => {
    const messages = [calls('toolu_1'), result('toolu_1')];
    expect(withToolIds(messages, ANTHROPIC_TOOL_IDS)).toBe(messages);
  });

  it('of another alphabet become one of it, the same at every call', () => {
    const messages = [
      calls('functions.f:0', 'functions.f_0'),
      result('functions.f:0'),
      result('functions.f_0'),
    ];
    const [[first, second], one, two] = idsOf(withToolIds(messages, MISTRAL_TOOL_IDS)) as [
      string[],
      string,
      string,
    ];
    expect(first).toMatch(/^[a-zA-Z0-9]{9}$/);
    expect(second).not.toBe(first);
    expect([one, two]).toEqual([first, second]);
    expect(idsOf(withToolIds(messages, MISTRAL_TOOL_IDS))).toEqual([[first, second], one, two]);
  });

  it('that a later turn repeats are told apart, and what came before stays', () => {
    const before = [calls('a'), result('a')];
    const all = idsOf(withToolIds([...before, calls('a'), result('a')], ANTHROPIC_TOOL_IDS));
    expect(all.slice(0, 2)).toEqual([['a'], 'a']);
    expect(all[2]).toEqual([all[3]]);
    expect(all[3]).not.toBe('a');
  });

  it('that two calls of one turn share go to the results in their order', () => {
    const [both, one, two] = idsOf(withToolIds([calls('', ''), result(''), result('')], ANTHROPIC_TOOL_IDS));
    expect(both).toEqual([one, two]);
    expect(one).not.toBe(two);
  });
});
