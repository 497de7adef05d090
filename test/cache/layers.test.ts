/** Several stores behave as one: the first that has an answer gives it, and all are given every new one. */
import { expect, it } from 'vitest';
import type { AnswerStore, Found, Question } from '../../src/cache/answer-store.ts';
import { layers } from '../../src/cache/layers.ts';

const question: Question = {
  scope: 'me',
  route: '[]',
  request: { messages: [], stream: false },
  exactKey: 'key',
};
const found = (json: string): Found => ({
  answer: { json, finishReason: 'stop', model: 'openai/gpt-4', storedAt: 0 },
  match: 'exact',
});

function store(name: string, answer: Found | undefined | Promise<Found | undefined>) {
  const asked: unknown[] = [];
  const kept: string[] = [];
  const made: AnswerStore = {
    name,
    find(_question, options) {
      asked.push(options);
      return answer;
    },
    keep: (_question, { json }) => void kept.push(json),
    peek: async () => undefined,
  };
  return { made, asked, kept };
}

it('what is in memory is found at once, without a promise, and nobody else is asked', () => {
  const memory = store('memory', found('a'));
  const remote = store('remote', found('b'));
  expect(layers([memory.made, remote.made]).find(question)).toEqual(found('a'));
  expect(remote.asked).toEqual([]);
});

it('the next is asked where one has nothing, with what the request wants', async () => {
  const memory = store('memory', undefined);
  const slow = store('slow', Promise.resolve(undefined));
  const last = store('last', found('c'));
  const all = layers([memory.made, slow.made, last.made]);
  expect(await all.find(question, { similar: 'strict' })).toEqual(found('c'));
  expect([...memory.asked, ...slow.asked, ...last.asked]).toEqual(Array(3).fill({ similar: 'strict' }));
});

it('nothing is found where nobody has it', () => {
  expect(layers([store('a', undefined).made]).find(question)).toBeUndefined();
});

it('every store is given an answer to keep', () => {
  const [one, two] = [store('one', undefined), store('two', undefined)];
  layers([one.made, two.made]).keep(question, found('new').answer);
  expect([one.kept, two.kept]).toEqual([['new'], ['new']]);
});
