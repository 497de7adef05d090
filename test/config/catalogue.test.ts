import { describe, expect, it } from 'vitest';
import { type CatalogueEntry, catalogue, catalogueTables } from '../../src/config/catalogue.ts';
import { modelEntry } from '../../src/config/config-file-schema.ts';
import { costOf } from '../../src/pricing/price.ts';

const PROVIDERS =
  'together openai azure anthropic cohere huggingface replicate ai21 groq mistral deepseek xai fireworks openrouter gemini perplexity cerebras ollama'.split(
    ' ',
  );

/** The names people were promised. */
const PROMISED = [
  ...['codellama', 'codellama-local', 'code-llama-replicate', 'llama-2-70b-chat', 'starcoder'],
  ...['phind-codellama', 'replit-code', 'wizardcoder', 'deepseek-coder', 'qwen3-coder', 'qwen-coder-local'],
  ...['glm-5.3', 'glm-5.3-flash', 'kimi-k3', 'deepseek-v4.1-flash', 'minimax-m3', 'gpt-oss-120b'],
  ...['gpt-6-luna', 'gpt-5.6-sol', 'gpt-5.6-terra', 'gpt-5', 'gpt-5-mini', 'gpt-5-nano', 'o3'],
  ...['gpt-4', 'gpt-4-turbo', 'gpt-4o', 'gpt-4o-mini', 'gpt-4.1', 'gpt-4.1-mini', 'gpt-4.1-nano'],
  ...['gpt-3.5-turbo', 'claude-2', 'claude-2.1', 'claude-instant', 'claude-3-opus', 'claude-3-sonnet'],
  ...['claude-3-haiku', 'claude-sonnet-4-5', 'claude-sonnet-5-5', 'claude-haiku-5-5', 'claude-opus-5-5'],
  ...['command-a', 'command-r', 'command-r-plus', 'command-nightly', 'jamba-large', 'jamba-mini', 'j2-ultra'],
  ...['codestral', 'mistral-large', 'mistral-medium', 'mistral-small', 'grok-4', 'grok-4.6', 'sonar'],
  ...['gemini-3.8-flash', 'gemini-2.5-pro', 'deepseek-chat'],
];

const entries = Object.entries(catalogue);
const retiredModels = new Set(
  entries.filter(([, { retired }]) => retired).map(([, { provider, model }]) => `${provider}/${model}`),
);

describe('the catalogue', () => {
  it('has the names that were promised, and no fewer than sixty', () => {
    expect(PROMISED.filter((name) => !Object.hasOwn(catalogue, name))).toEqual([]);
    expect(entries.length).toBeGreaterThanOrEqual(60);
  });

  it('has each name in one table only', () => {
    const names = catalogueTables.flatMap((table) => Object.keys(table));
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
    expect(names).toHaveLength(entries.length);
  });

  it('has every provider', () => {
    expect(new Set(entries.map(([, { provider }]) => provider))).toEqual(new Set(PROVIDERS));
  });

  it('sends the three names of the default chain where it always has', () => {
    expect(catalogue.codellama).toMatchObject({
      provider: 'together',
      model: 'togethercomputer/CodeLlama-34b-Instruct',
      context_window: 16_384,
      successor: 'zai-org/GLM-5.3',
    });
    expect(catalogue['gpt-4']).toMatchObject({ provider: 'openai', model: 'gpt-4', retired: '2026-10-23' });
    expect(catalogue['claude-2']).toMatchObject({ provider: 'anthropic', successor: 'claude-sonnet-5-5' });
  });
});

describe('its entries', () => {
  it('have plain names', () => {
    expect(entries.map(([name]) => name).filter((name) => !/^[\w.-]+$/.test(name))).toEqual([]);
  });

  it('could stand in a configuration file', () => {
    const form = modelEntry.pick({
      model: true,
      context_window: true,
      max_output_tokens: true,
      price: true,
      successor: true,
    });
    const fields = ({ provider, capabilities, retired, priceSource, ...rest }: CatalogueEntry) => rest;
    expect(namesOf((entry) => !form.safeParse(fields(entry)).success)).toEqual([]);
  });

  it('do not write more than they can hold', () => {
    const overfull = namesOf(
      ({ context_window, max_output_tokens }) =>
        context_window !== undefined && max_output_tokens !== undefined && max_output_tokens > context_window,
    );
    expect(overfull).toEqual([]);
  });

  it('have another model as successor, and one that is not itself on its way out', () => {
    expect(namesOf(({ model, successor }) => model === successor)).toEqual([]);
    expect(namesOf(({ provider, successor }) => retiredModels.has(`${provider}/${successor}`))).toEqual([]);
  });

  it('go off on a day that exists', () => {
    expect(namesOf(({ retired }) => retired !== undefined && !isDay(retired))).toEqual([]);
  });

  it('say where their price is from', () => {
    expect(
      namesOf(({ price, priceSource }) => (price === undefined) !== (priceSource === undefined)),
    ).toEqual([]);
  });
});

describe('prices', () => {
  it('do not contradict those of the price library', async () => {
    const contradictions: string[] = [];
    for (const [name, entry] of entries) {
      const elsewhere = await priceOf({ ...entry, price: undefined });
      if (entry.price && elsewhere !== null && (await priceOf(entry)) !== elsewhere)
        contradictions.push(name);
    }
    expect(contradictions).toEqual([]);
  });

  it.each([
    ['gpt-4', 90],
    ['codellama', 1.552],
    ['claude-sonnet-5-5', 12],
    // By a dated name, and by one that ends in `-latest`.
    ['claude-3-opus', 90],
    ['claude-3-7-sonnet', 18],
  ])('%s: a million tokens in and a million out cost $%d', async (name, dollars) => {
    expect(await priceOf(catalogue[name]!)).toBe(dollars * 1_000_000_000);
  });

  it('are unknown, not zero, where nobody says', async () => {
    expect(await priceOf(catalogue.starcoder!)).toBeNull();
  });
});

it('knows a day from what only looks like one', () => {
  expect(isDay('2026-11-30')).toBe(true);
  expect(isDay('2026-11-31')).toBe(false);
  expect(isDay('2026-1-1')).toBe(false);
});

function namesOf(isSuch: (entry: CatalogueEntry) => boolean): string[] {
  return entries.filter(([, entry]) => isSuch(entry)).map(([name]) => name);
}

function isDay(text: string): boolean {
  const time = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text) && text.length === 10;
}

/** Nano-dollars for a million tokens in and out, or `null`. */
async function priceOf({ provider, model, price }: CatalogueEntry): Promise<number | null> {
  const million = 1_000_000;
  const none = { cached_input: 0, cache_write: 0, reasoning: 0, estimated: false };
  return costOf(
    { ...none, input: million, output: million },
    { provider, model, price } as Parameters<typeof costOf>[1],
    Date.parse('2026-11-23'),
  );
}
