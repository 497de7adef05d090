import { describe, expect, it } from 'vitest';
import { type Chain, chooseChain, type KnownModels, makeChain } from '../../src/chat/chains.ts';
import { makeTarget } from '../helpers/targets.ts';

const target = makeTarget('openai');
const chains = new Map<string, Chain>([
  ['default', makeChain('default', [target])],
  ['gpt-4', makeChain('gpt-4', [target])],
  ['claude-2', makeChain('claude-2', [])],
]);

const starcoder = makeTarget('huggingface');
const known: KnownModels = {
  chains,
  find: (name) => ({ starcoder, 'command-a': { keys: ['COHERE_API_KEY'] } })[name],
  names: ['starcoder', 'command-a'],
};

describe('choosing', () => {
  it('by name', () => {
    expect(chooseChain(known, 'gpt-4').name).toBe('gpt-4');
  });

  it('by name with spaces around it, whatever the door', () => {
    expect(chooseChain(known, ' gpt-4 ').name).toBe('gpt-4');
    expect(chooseChain(known, 'starcoder ').name).toBe('starcoder');
  });

  it('without a name', () => {
    expect(chooseChain(known, undefined).name).toBe('default');
  });

  it('a slip is told what was meant', () => {
    expect(() => chooseChain(known, 'gpt4')).toThrow(
      'There is no model or chain named `gpt4`. Did you mean `gpt-4`?',
    );
  });

  it('another name is told where to look', () => {
    expect(() => chooseChain(known, 'bard')).toThrow(
      'There is no model or chain named `bard`. GET /v1/models lists what there is; any other model is named as `provider/model-id`.',
    );
  });

  it('a model that no file names is a chain of one', () => {
    expect(chooseChain(known, 'starcoder')).toMatchObject({
      name: 'starcoder',
      targets: [starcoder],
    });
  });

  it('one whose provider has no key says which to set', () => {
    expect(() => chooseChain(known, 'command-a')).toThrow(
      'No model of `command-a` can be used: set COHERE_API_KEY.',
    );
  });

  it('an endless name does not come back whole', () => {
    expect(() => chooseChain(known, 'x'.repeat(5_000))).toThrow(/^.{0,250}$/);
  });

  it('a model without a key is refused at once, naming the variable, as waiting would not help', () => {
    expect(() => chooseChain(known, 'claude-2')).toThrow(
      expect.objectContaining({ status: 404, code: 'model_not_found', retryAfterMs: undefined }),
    );
  });
});

it('the identity of a chain names all who may answer, in order', () => {
  const successor = makeTarget('openai', { id: 'openai/new' });
  const chain = makeChain('default', [{ ...target, successor }, makeTarget('anthropic')]);
  expect(JSON.parse(chain.identity)).toEqual(['openai/model', 'openai/new', 'anthropic/model']);
});
