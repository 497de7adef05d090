/** The configuration file: what it can say, and what is said of one that is wrong. */
import { globSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { loadConfig, makeConfig } from '../../src/config/config.ts';
import { jsonSchema } from '../../src/config/config-file-schema.ts';
import type { Environment } from '../../src/config/environment.ts';
import { parseConfigFile } from '../../src/config/parse-config-file.ts';

const KEYS: Environment = { OPENAI_API_KEY: 'sk-1', TOGETHER_API_KEY: 'k-2', ANTHROPIC_API_KEY: 'k-3' };

async function read(text: string, environment: Environment = KEYS) {
  return makeConfig(parseConfigFile(text, environment), environment);
}

describe('a broken file is told every problem at once', () => {
  it.each(globSync('test/config/broken/*.yaml'))('%s', async (path) => {
    const expected = [...readFileSync(path, 'utf8').matchAll(/^# expects: (.*)$/gm)].map(([, line]) => line!);
    const error = (await loadConfig({ ...KEYS, CONFIG_FILE: path }).catch((thrown: unknown) => thrown)) as {
      problems: string[];
    };
    expect(expected.length).toBeGreaterThan(0);
    for (const line of expected) expect(error.problems).toContainEqual(expect.stringContaining(line));
    expect(error.problems.length).toBe(expected.length);
  });
});

it('the published schema is that of the code: npm run config:schema writes it', () => {
  const published = JSON.parse(readFileSync('docs/config.schema.json', 'utf8')) as object;
  expect(published).toEqual(JSON.parse(JSON.stringify(jsonSchema())));
});

describe('a model', () => {
  it('is one line, with what the catalogue knows of it', async () => {
    const [target] = (await read('models: { big: { provider: openai, model: gpt-5.6-sol } }')).targets.get(
      'big',
    )!;
    expect(target).toMatchObject({ id: 'openai/gpt-5.6-sol', name: 'big', apiKey: 'sk-1' });
    expect(target!.contextWindow).toBeGreaterThan(100_000);
  });

  it('has its own say above the catalogue', async () => {
    const text = 'models: { big: { provider: openai, model: gpt-5.6-sol, context_window: 1000 } }';
    expect((await read(text)).targets.get('big')![0]!.contextWindow).toBe(1_000);
  });

  it('may be several deployments that share its load', async () => {
    const { targets } = await read(`
      models:
        shared:
          provider: openai
          balance: least_busy
          retries: 0
          deployments:
            - { model: gpt-4o, weight: 3 }
            - { model: gpt-4o, base_url: https://eu.example.com/v1, api_key: "\${OTHER:-sk-9}" }
    `);
    expect(targets.get('shared')).toMatchObject([
      { retries: 0, apiKey: 'sk-1', balance: { group: 'shared', strategy: 'least_busy', weight: 3 } },
      { retries: 0, apiKey: 'sk-9', baseUrl: 'https://eu.example.com/v1', balance: { weight: 1 } },
    ]);
  });

  it('without a key is left out, with the names that would give it one', async () => {
    const { unusable, chains } = await read('', { OPENAI_API_KEY: 'sk-1' });
    expect(unusable.get('claude-2')).toEqual(['ANTHROPIC_API_KEY']);
    expect(chains.get('default')!.targets.map(({ name }) => name)).toEqual(['gpt-4']);
  });
});

describe('a model that no file names', () => {
  it.each([
    ['gpt-6-luna', 'openai/gpt-6-luna'],
    ['openai/gpt-6-luna', 'openai/gpt-6-luna'],
    ['together/zai-org/GLM-5.3', 'together/zai-org/GLM-5.3'],
    ['openai/some-model:of-tomorrow', 'openai/some-model:of-tomorrow'],
    ['ollama/codellama', 'ollama/codellama'],
  ])('%s', async (name, id) => {
    const { anyModel } = await read('');
    const target = anyModel(name);
    expect(target).toMatchObject({ id });
    expect(anyModel(name)).toBe(target);
  });

  it('of a provider without a key says which', async () => {
    expect((await read('')).anyModel('cohere/command-a')).toMatchObject({
      keys: ['COHERE_API_KEY', 'CO_API_KEY'],
    });
  });

  it.each(['nobody/model', 'gpt-5000', 'openai/', 'openai/white space', 'openai-compatible/x', '/x', ''])(
    '%j is none',
    async (name) => {
      expect((await read('')).anyModel(name)).toBeUndefined();
    },
  );
});

it('a setting of the file holds unless the environment says otherwise', async () => {
  const text = 'settings: { cooldown: 5s, retries: 1 }';
  expect((await read(text)).settings).toMatchObject({ COOLDOWN: 5_000, RETRIES: 1 });
  expect((await read(text, { ...KEYS, COOLDOWN: '7s' })).settings.COOLDOWN).toBe(7_000);
});
