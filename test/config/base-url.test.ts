import { describe, expect, it } from 'vitest';
import { normalizeBaseUrl } from '../../src/config/base-url.ts';

const OLLAMA = 'http://127.0.0.1:11434/v1';
const GROQ = 'https://api.groq.com/openai/v1';

describe('a base URL is taken as people write it', () => {
  it.each([
    ['localhost:11434', OLLAMA, 'http://localhost:11434/v1'],
    ['localhost:11434/v1/', OLLAMA, 'http://localhost:11434/v1'],
    ['http://gpu/', OLLAMA, 'http://gpu/v1'],
    ['http://gpu:8000/v1/chat/completions', OLLAMA, 'http://gpu:8000/v1'],
    [' "https://api.groq.com" ', GROQ, 'https://api.groq.com/openai/v1'],
    ['api.groq.com/openai/v1/', GROQ, 'https://api.groq.com/openai/v1'],
    ['https://proxy.test/v1/messages', undefined, 'https://proxy.test/v1'],
    ['[::1]:8080', OLLAMA, 'http://[::1]:8080/v1'],
    ['https://x.test//v1//', undefined, 'https://x.test/v1'],
  ])('%s', (written, home, url) => {
    expect(normalizeBaseUrl(written, home)).toEqual({ url });
  });
});

it.each([
  ['our-server', 'must be a URL such as'],
  ['ws://x.test/v1', 'begins with http:// or https://, not ws://'],
  ['https://joe:secret@x.test', 'must not hold a name or password'],
  ['https://', 'must be a URL such as'],
  ['https://x.test/a b', 'must be a URL such as'],
])('%s is refused', (written, problem) => {
  const result = normalizeBaseUrl(written, undefined);
  expect(result).toEqual({ problem: expect.stringContaining(problem) });
  expect(JSON.stringify(result)).not.toContain('secret');
});
