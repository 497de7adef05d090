/** Names of models, settings and secrets as other programs and people write them. */
import { describe, expect, it } from 'vitest';
import { resolveAlias } from '../../src/config/aliases.ts';
import { makeConfig } from '../../src/config/config.ts';
import { ConfigurationError, parseSettings } from '../../src/config/environment.ts';
import { canonicalModelName } from '../../src/config/model-names.ts';
import { parseConfigFile } from '../../src/config/parse-config-file.ts';
import { providerBaseUrl } from '../../src/config/provider-credentials.ts';

const NO_FILE = parseConfigFile('{}', {});

describe('a model', () => {
  it.each([
    ['gpt-4o-2024-08-06', 'openai/gpt-4o-2024-08-06'],
    ['gpt-3.5-turbo-0125', 'openai/gpt-3.5-turbo-0125'],
    ['ft:gpt-4o-mini:acme::9x', 'openai/ft:gpt-4o-mini:acme::9x'],
    ['claude-sonnet-4-5-20250929', 'anthropic/claude-sonnet-4-5-20250929'],
    ['mistral-large-2411', 'mistral/mistral-large-2411'],
    ['OpenAI/gpt-4o', 'openai/gpt-4o'],
    ['together_ai/zai-org/GLM-5.3', 'together/zai-org/GLM-5.3'],
    ['togethercomputer/CodeLlama-34b-Instruct', 'together/togethercomputer/CodeLlama-34b-Instruct'],
    ['gpt-5000', 'gpt-5000'],
  ])('%s is %s', (name, canonical) => {
    expect(canonicalModelName(name)).toBe(canonical);
  });

  it('of Azure goes to the deployment where an address is known', () => {
    const environment = { AZURE_API_KEY: 'k', AZURE_OPENAI_ENDPOINT: 'https://r.openai.azure.com' };
    expect(makeConfig(NO_FILE, environment).anyModel('azure/my-gpt')).toMatchObject({ model: 'my-gpt' });
    expect(makeConfig(NO_FILE, {}).anyModel('azure/my-gpt')).toMatchObject({
      keys: expect.arrayContaining(['AZURE_OPENAI_ENDPOINT']),
    });
  });
});

describe('aliases', () => {
  const aliases = { 'claude-*': 'default', 'claude-opus-*': 'gpt-4', 'gpt-9': 'gpt-4' };

  it.each([
    ['gpt-9', 'gpt-4'],
    ['claude-haiku-9', 'default'],
    ['claude-opus-9', 'gpt-4'],
    ['gpt-95', undefined],
  ])('%s stands for %s', (name, meant) => {
    expect(resolveAlias(name, aliases)).toBe(meant);
  });

  it.each([
    ['aliases: { "gpt-9": nothing }', 'aliases.gpt-9: there is no model or chain "nothing"'],
    ['aliases: { "a*b": default }', 'aliases.a*b: `*` may stand at the end only'],
    ['aliases: { gpt-4: default }', 'aliases.gpt-4: a model or chain has this name already'],
  ])('%s stops the start', (yaml, problem) => {
    expect(() => makeConfig(parseConfigFile(yaml, {}), {})).toThrow(problem);
  });
});

describe('the environment', () => {
  it('has secrets without the line feeds and quotes around them', () => {
    const { targets, settings } = makeConfig(NO_FILE, {
      OPENAI_API_KEY: ' "sk-1"\n',
      ADMIN_KEY: 'admin-key-0123456789\n',
    });
    expect(targets.get('gpt-4')?.[0]?.apiKey).toBe('sk-1');
    expect(settings.ADMIN_KEY).toBe('admin-key-0123456789');
  });

  it('may be mounted from files that end in a line feed', () => {
    const settings = parseSettings({
      REDIS_URL: '"redis://cache:6379"\n',
      DATABASE_URL: 'sqlite:./x.db\r\n',
    });
    expect(settings).toMatchObject({ REDIS_URL: 'redis://cache:6379', DATABASE_URL: 'sqlite:./x.db' });
    expect(parseSettings({ REDIS_URL: ' \n' }).REDIS_URL).toBeUndefined();
  });

  it.each(['ws://cache:6379', 'cache:6379', 'redis://ca che'])('has no Redis at %s', (url) => {
    expect(() => parseSettings({ REDIS_URL: url })).toThrow(
      'REDIS_URL must be a URL that begins with redis://',
    );
  });

  it.each([
    ['cohere.test', 'https://cohere.test/v2'],
    ['https://proxy.test/cohere', 'https://proxy.test/cohere/v2'],
    ['https://api.cohere.com/v1', 'https://api.cohere.com/v2'],
    ['https://api.cohere.com/v2/chat', 'https://api.cohere.com/v2'],
  ])('says where Cohere is, with a version or without: %s', (url, whole) => {
    expect(providerBaseUrl('cohere', { COHERE_BASE_URL: url }, { url: undefined, place: '' })).toBe(whole);
  });

  it.each(['gsk-first…last', 'gsk-first\nlast'])('has no key that a header cannot carry: %j', (key) => {
    const make = () => makeConfig(NO_FILE, { GROQ_API_KEY: key });
    expect(make).toThrow(ConfigurationError);
    expect(make).toThrow(/GROQ_API_KEY (?!.*first)/);
  });

  it('may name proxies in lower case and without a scheme', () => {
    const { settings } = makeConfig(NO_FILE, { https_proxy: 'proxy.test:3128', no_proxy: 'a.test, b.test' });
    expect(settings).toMatchObject({
      HTTPS_PROXY: 'http://proxy.test:3128/',
      NO_PROXY: ['a.test', 'b.test'],
    });
  });

  it('is searched for slips', () => {
    expect(makeConfig(NO_FILE, { RETRYS: '3', PATH: '/bin', HOMES: 'x' }).warnings).toEqual([
      'RETRYS is set and has no effect: did you mean RETRIES?',
    ]);
  });
});
