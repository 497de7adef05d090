import { describe, expect, it } from 'vitest';
import { proxyFor } from '../../src/providers/proxy.ts';

const https = 'http://proxy.test:3128/';
const asked = (origin: string, ...except: string[]) =>
  proxyFor(origin, { https, http: undefined, except }) !== undefined;

describe('a provider is called through the proxy of its scheme', () => {
  it('and directly without one', () => {
    expect(asked('https://api.test')).toBe(true);
    expect(asked('http://api.test')).toBe(false);
  });

  it.each(['https://localhost:8000', 'https://127.0.0.1', 'https://[::1]:1'])(
    '%s is this machine, and not called through it unless that is asked for',
    (origin) => {
      expect(asked(origin)).toBe(false);
      expect(asked(origin, '<-loopback>')).toBe(true);
    },
  );
});

describe('NO_PROXY', () => {
  it.each([
    ['*', 'https://api.test', true],
    ['api.test', 'https://api.test', true],
    ['test', 'https://api.test', true],
    ['.test', 'https://api.test', true],
    ['*.test', 'https://api.test', true],
    ['pi.test', 'https://api.test', false],
    ['api.test:443', 'https://api.test', true],
    ['api.test:8443', 'https://api.test', false],
    ['10.0.0.0/8', 'https://10.1.2.3', true],
    ['10.0.0.0/8', 'https://11.1.2.3', false],
    ['10.0.0.0/99', 'https://10.1.2.3', false],
    ['fd00::/8', 'https://[fd00::1]', true],
    ['fd00::1', 'https://[fd00::1]', true],
  ])('%s of %s: %s', (exception, origin, isDirect) => {
    expect(asked(origin, exception)).toBe(!isDirect);
  });
});
