import { describe, expect, it } from 'vitest';
import { nearest } from '../../src/core/nearest.ts';

const names = ['temperature', 'top_p', 'top_k', 'n', 'stop', 'messages', 'model'];

describe('a slip is understood', () => {
  it.each([
    ['a letter too few', 'temprature', 'temperature'],
    ['a letter too many', 'modell', 'model'],
    ['another letter', 'messeges', 'messages'],
    ['two letters swapped', 'tempertaure', 'temperature'],
    ['other case', 'Temperature', 'temperature'],
    ['other case of one letter', 'N', 'n'],
    ['one slip in a short word', 'sto', 'stop'],
  ])('%s', (_what, word, meant) => {
    expect(nearest(word, names)).toBe(meant);
  });
});

describe('no guess is made', () => {
  it.each([
    ['three slips', 'tmprtre'],
    ['two slips in a short word', 'stxx'],
    ['a slip in a word of one letter', 'm'],
    ['another word', 'thinking'],
    ['no word', ''],
  ])('for %s', (_what, word) => {
    expect(nearest(word, names)).toBeUndefined();
  });

  it('when there is nothing to choose from', () => {
    expect(nearest('model', [])).toBeUndefined();
  });
});

it('the nearest of several is chosen', () => {
  expect(nearest('claude-3', ['claude-23', 'claude-3x4', 'claude-3'])).toBe('claude-3');
});

it('of two equally near the first is chosen', () => {
  expect(nearest('top_x', names)).toBe('top_p');
});
