import { expect, test } from 'vitest';
import { faultCatalogue, parseFault, parseSimulateHeader } from '../../src/simulator/faults.ts';

test('a header names a fault for each provider', () => {
  expect(parseSimulateHeader('together=429:2, openai=cut:20; promptlayer=hang')).toEqual({
    together: { name: '429', parameter: 2 },
    openai: { name: 'cut', parameter: 20 },
    promptlayer: { name: 'hang' },
  });
  expect(parseSimulateHeader('')).toEqual({});
});

test.each([
  ['openai=explode', /Unknown fault 'explode'. Known faults: .*cut/],
  ['acme=429', /Unknown provider 'acme'.*together, openai, anthropic, promptlayer/],
  ['openai', /needs a fault/],
  ['openai=cut,openai=429', /names 'openai' twice/],
  ['openai=cut:x', /takes a whole number/],
  ['openai=cut:-1', /takes a whole number/],
  ['openai=cut:1:2', /takes a whole number/],
  ['openai=401:3', /takes no parameter/],
  ['promptlayer=cut', /does not apply to promptlayer/],
])('a bad header is refused: %s', (header, message) => {
  expect(() => parseSimulateHeader(header)).toThrow(message);
});

test('every fault of the catalogue can be written, and is described in one line', () => {
  for (const { name, description } of faultCatalogue) {
    expect(parseFault(name)).toEqual({ name });
    expect(description).toMatch(/^[^\n]{5,90}$/);
  }
});
