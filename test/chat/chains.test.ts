import { describe, expect, it } from 'vitest';
import { type Chain, chooseChain, makeChain } from '../../src/chat/chains.ts';
import { makeTarget } from '../helpers/targets.ts';

const target = makeTarget('openai');
const chains = new Map<string, Chain>([
  ['default', makeChain('default', [target])],
  ['gpt-4', makeChain('gpt-4', [target])],
  ['claude-2', makeChain('claude-2', [])],
]);

describe('choosing', () => {
  it('by name', () => {
    expect(chooseChain(chains, 'gpt-4').name).toBe('gpt-4');
  });

  it('without a name', () => {
    expect(chooseChain(chains, undefined).name).toBe('default');
  });

  it('a slip is told what was meant', () => {
    expect(() => chooseChain(chains, 'gpt4')).toThrow(
      'There is no model or chain named `gpt4`. Did you mean `gpt-4`?',
    );
  });

  it('another name is told where to look', () => {
    expect(() => chooseChain(chains, 'bard')).toThrow(
      'There is no model or chain named `bard`. GET /v1/models lists what there is.',
    );
  });

  it('an endless name does not come back whole', () => {
    expect(() => chooseChain(chains, 'x'.repeat(5_000))).toThrow(/^.{0,250}$/);
  });

  it('a model without a key is not there for now', () => {
    expect(() => chooseChain(chains, 'claude-2')).toThrow(
      expect.objectContaining({ kind: 'no_target_available' }),
    );
  });
});

it('the identity of a chain names all who may answer, in order', () => {
  const successor = makeTarget('openai', { id: 'openai/new' });
  const chain = makeChain('default', [{ ...target, successor }, makeTarget('anthropic')]);
  expect(chain.identity).toEqual(['openai/model', 'openai/new', 'anthropic/model']);
});
