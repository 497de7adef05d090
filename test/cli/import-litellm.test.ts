import { execFileSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { readLitellmFile } from '../../src/cli/litellm/read-litellm-file.ts';
import { translateLitellm } from '../../src/cli/litellm/translate-litellm.ts';
import { loadConfig } from '../../src/config/config.ts';

/** One model of LiteLLM's list. */
const model = (name: string, litellm_params: Record<string, unknown>, model_info?: object) => ({
  model_name: name,
  litellm_params,
  model_info,
});
const gpt = model('gpt', { model: 'openai/gpt-4o', api_key: 'os.environ/OPENAI_API_KEY' });
const sonnet = model('sonnet', { model: 'claude-sonnet-4-5', api_key: 'os.environ/ANTHROPIC_API_KEY' });
const notesOf = (config: object) => translateLitellm(config).notes.join('\n');
const modelsOf = (config: object) => translateLitellm(config).file.models as Record<string, object>;

describe('a LiteLLM configuration in our words', () => {
  it('has its models with provider, id, price and window', () => {
    const cheap = model(
      'cheap',
      { model: 'groq/llama-3.3-70b', input_cost_per_token: 5.9e-7, output_cost_per_token: '7.9e-07' },
      { max_input_tokens: 128_000 },
    );
    expect(modelsOf({ model_list: [cheap] })).toEqual({
      cheap: {
        provider: 'groq',
        model: 'llama-3.3-70b',
        price: { input: 0.59, output: 0.79 },
        context_window: 128_000,
      },
    });
  });

  it('has deployments of one name as one model that shares its load', () => {
    const azure = model('gpt', { model: 'azure/mine', api_base: 'os.environ/AZURE_BASE', weight: 2 });
    const router_settings = { routing_strategy: 'latency-based-routing' };
    expect(modelsOf({ model_list: [azure, gpt], router_settings }).gpt).toEqual({
      balance: 'lowest_latency',
      deployments: [
        { provider: 'azure', model: 'mine', base_url: `\${AZURE_BASE}`, weight: 2 },
        { provider: 'openai', model: 'gpt-4o' },
      ],
    });
  });

  it('has fallbacks as chains under the name that callers use', () => {
    const litellm_settings = { fallbacks: [{ gpt: ['sonnet'] }] };
    expect(translateLitellm({ model_list: [gpt, sonnet], litellm_settings }).file).toMatchObject({
      models: { 'gpt-model': { provider: 'openai' }, sonnet: { provider: 'anthropic' } },
      chains: { gpt: ['gpt-model', 'sonnet'], default: ['gpt-model', 'sonnet'] },
    });
  });

  it.each([
    ['default_fallbacks', { default_fallbacks: ['sonnet'] }],
    ['fallbacks of *', { fallbacks: [{ '*': ['sonnet'] }] }],
  ])('has %s behind every model that has none of its own', (_what, litellm_settings) => {
    const { chains } = translateLitellm({ model_list: [gpt, sonnet], litellm_settings }).file;
    expect(chains).toEqual({ gpt: ['gpt-model', 'sonnet'], default: ['gpt-model', 'sonnet'] });
  });

  it('has the fallbacks of a model that this server knows by name in the model itself', () => {
    const known = model('gpt-4', { model: 'openai/gpt-4' });
    const litellm_settings = { fallbacks: [{ 'gpt-4': ['sonnet'] }] };
    expect(modelsOf({ model_list: [known, sonnet], litellm_settings })['gpt-4']).toMatchObject({
      balance: 'order',
      deployments: [{ model: 'gpt-4' }, { model: 'claude-sonnet-4-5' }],
    });
  });

  it('calls an OpenAI-like server at another address by that address', () => {
    const local = model('local', {
      model: 'openai/llama',
      api_base: 'http://localhost:8000/v1',
      api_key: 'none',
    });
    expect(modelsOf({ model_list: [local] }).local).toEqual({
      provider: 'openai-compatible',
      model: 'llama',
      base_url: 'http://localhost:8000/v1',
    });
  });

  it('repeats no secret that stands in the file', () => {
    const secret = 'sk-proj-very-secret-0123456789';
    const one = model('one', { model: 'gpt-4o', api_key: secret, extra_headers: { Authorization: secret } });
    const { file, notes } = translateLitellm({ model_list: [one], general_settings: { master_key: secret } });
    expect(JSON.stringify({ file, notes })).not.toContain(secret);
    expect(file.models).toMatchObject({ one: { api_key: `\${ONE_API_KEY}` } });
  });

  it('repeats no secret of its environment, addresses and cookies', () => {
    const secret = 'very-secret-0123456789';
    const api_base = `https://user:${secret}@llm.internal/v1?token=${secret}`;
    const one = model('one', { model: 'openai/x', api_base, extra_headers: { cookie: secret } });
    const { file, notes } = translateLitellm({
      model_list: [one],
      environment_variables: { OPENAI_API_KEY: secret },
    });
    expect(JSON.stringify({ file, notes })).not.toContain(secret);
    expect(file.models).toMatchObject({ one: { base_url: `\${ONE_BASE_URL}` } });
    expect(notes).toContain('Set these variables in the environment: OPENAI_API_KEY.');
  });

  it('calls a model with a named credential at the address of that credential', () => {
    const one = model('one', { model: 'openai/gpt-4o', litellm_credential_name: 'eu' });
    const credential_values = { api_base: 'https://eu.internal/v1', api_key: 'os.environ/EU_KEY' };
    const credential_list = [{ credential_name: 'eu', credential_values, credential_info: {} }];
    expect(modelsOf({ model_list: [one], credential_list })).toEqual({
      one: {
        provider: 'openai-compatible',
        model: 'gpt-4o',
        base_url: 'https://eu.internal/v1',
        api_key: `\${EU_KEY}`,
      },
    });
  });

  it('names each field of a file that is none of LiteLLM’s', () => {
    const model_list = [{ model_name: 'a', litellm_params: {} }, { litellm_params: { model: 'gpt-4o' } }];
    expect(() => translateLitellm({ model_list })).toThrow(
      /^This is no configuration of a LiteLLM proxy:\n- model_list\.0\.litellm_params\.model: must be provider\/model-id\n- model_list\.1\.model_name: must be a name$/,
    );
  });

  it.each([
    [
      'a provider that is not there',
      { model_list: [model('b', { model: 'bedrock/x' })] },
      'bedrock/x is left out',
    ],
    [
      'a field',
      { model_list: [model('a', { ...gpt.litellm_params, tags: ['x'] })] },
      'tags of litellm_params',
    ],
    [
      'a setting',
      { litellm_settings: { set_verbose: true } },
      'set_verbose of the settings has no counterpart',
    ],
    [
      'a strategy',
      { router_settings: { routing_strategy: 'cost-based-routing' } },
      'cost-based-routing has no',
    ],
    ['virtual keys', { general_settings: { database_url: 'x' } }, 'Virtual keys do not come along'],
    ['a name for all models', { model_list: [model('*', { model: '*' })] }, '*: not needed'],
    [
      'a name for many models of another place',
      { model_list: [model('anthropic/*', { model: 'openrouter/anthropic/*' })] },
      'anthropic/* (openrouter/anthropic/*) is left out',
    ],
    [
      'a fallback to a model that is left out',
      {
        model_list: [gpt, model('b', { model: 'bedrock/x' })],
        router_settings: { fallbacks: [{ gpt: ['b'] }] },
      },
      'gpt: its fallbacks to b are left out',
    ],
    [
      'a credential that is not there',
      { model_list: [model('a', { model: 'gpt-4o', litellm_credential_name: 'eu' })] },
      'a: there is no credential eu in the file',
    ],
    [
      'an API version',
      { model_list: [model('a', { model: 'azure/x', api_version: '2024-02-01' })] },
      'Set AZURE_OPENAI_API_VERSION',
    ],
    [
      'what is known of a model',
      { model_list: [model('a', { model: 'gpt-4o' }, { base_model: 'b', access_groups: ['c'] })] },
      'a: base_model, access_groups of model_info have no counterpart',
    ],
    [
      'a field in the wrong place',
      { model_list: [{ ...gpt, tpm: 5 }] },
      'gpt: tpm of its entry has no counterpart',
    ],
    [
      'a number that stands in the environment',
      { model_list: [model('a', { model: 'gpt-4o', timeout: 'os.environ/T' })] },
      'a: timeout of litellm_params is not carried over as it stands',
    ],
    [
      'half a price',
      { model_list: [model('a', { model: 'gpt-4o', input_cost_per_token: 1e-6 })] },
      'a: its price is not carried over',
    ],
    [
      'a credential of no model',
      { credential_list: [{ credential_name: 'eu' }] },
      'The credential eu is left',
    ],
    [
      'a provider’s name for all its models under another name',
      { model_list: [model('any', { model: 'openai/*' })] },
      'any: openai/* is left out, as it is a name for many models',
    ],
    [
      'a use that there is not',
      { model_list: [model('a', { model: 'gpt-4o' }, { mode: 'image_generation' })] },
      'a: there is no image_generation here',
    ],
    ['more retries than there are', { litellm_settings: { num_retries: 50 } }, '10 retries in place of 50'],
    [
      'a parameter of the cache',
      { litellm_settings: { cache: true, cache_params: { namespace: 'n' } } },
      'namespace of cache_params has no counterpart',
    ],
    [
      'what a fallback changes',
      {
        model_list: [gpt, sonnet],
        litellm_settings: { fallbacks: [{ gpt: [{ model: 'sonnet', temperature: 1 }] }] },
      },
      'gpt: what its fallback to sonnet changes beside the model is left out: temperature',
    ],
    [
      'a default fallback that is not there',
      { model_list: [gpt], litellm_settings: { default_fallbacks: ['gone'] } },
      'All models: its fallbacks to gone are left out',
    ],
    [
      'that an alias is hidden',
      { model_list: [gpt], router_settings: { model_group_alias: { best: { model: 'gpt', hidden: true } } } },
      'The alias best is not hidden here',
    ],
    ['a part of the file', { guardrails: [] }, 'These parts have no counterpart: guardrails'],
  ])('says that %s is not carried over', (_what, config, note) => {
    expect(notesOf(config)).toContain(note);
  });
});

describe('a LiteLLM file that includes others', () => {
  const written = (files: Record<string, string>) => {
    const folder = mkdtempSync(join(tmpdir(), 'codellama-'));
    for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
    return () => readLitellmFile(join(folder, Object.keys(files)[0]!));
  };

  it('is read with their models behind its own', () => {
    const read = written({
      'config.yaml':
        'include: [more.yaml]\nmodel_list: [{ model_name: a, litellm_params: { model: gpt-4o } }]\n',
      'more.yaml':
        'model_list: [{ model_name: b, litellm_params: { model: gpt-4 } }]\nrouter_settings: { num_retries: 2 }\n',
    });
    expect(read()).toEqual({
      model_list: [
        { model_name: 'a', litellm_params: { model: 'gpt-4o' } },
        { model_name: 'b', litellm_params: { model: 'gpt-4' } },
      ],
      router_settings: { num_retries: 2 },
    });
  });

  it.each([
    ['is missing', { 'config.yaml': 'include: [gone.yaml]' }, /gone\.yaml cannot be read/],
    ['is the file itself', { 'config.yaml': 'include: [config.yaml]' }, /config\.yaml includes itself/],
  ])('says so when one of them %s', (_what, files, message) => {
    expect(written(files)).toThrow(message);
  });
});

it('npm run import:litellm prints a file that this server takes', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'codellama-'));
  const theirs = join(folder, 'config.yaml');
  writeFileSync(
    theirs,
    `model_list:
  - { model_name: gpt-4o, litellm_params: { model: openai/gpt-4o, api_key: os.environ/OPENAI_API_KEY } }
  - { model_name: sonnet, litellm_params: { model: anthropic/claude-sonnet-4-5 } }
litellm_settings: { num_retries: 3, fallbacks: [{ gpt-4o: [sonnet] }] }
router_settings: { model_group_alias: { gpt-4: gpt-4o, best: gpt-4o } }
`,
  );
  const printed = execFileSync(process.execPath, ['src/cli/import-litellm.ts', theirs], { encoding: 'utf8' });
  const ours = join(folder, 'codellama.yaml');
  writeFileSync(ours, printed);
  const { chains, settings, aliases } = await loadConfig({
    CONFIG_FILE: ours,
    OPENAI_API_KEY: 'a',
    ANTHROPIC_API_KEY: 'b',
  });
  expect(chains.get('gpt-4o')?.targets.map(({ id }) => id)).toEqual([
    'openai/gpt-4o',
    'anthropic/claude-sonnet-4-5',
  ]);
  expect([settings.RETRIES, aliases]).toEqual([3, { best: 'gpt-4o' }]);
  expect(parse(printed).models['gpt-4']).toMatchObject({
    balance: 'order',
    deployments: [{ model: 'gpt-4o' }, { model: 'claude-sonnet-4-5' }],
  });
});
