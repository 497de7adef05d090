/** One entry of LiteLLM's `model_list` as a deployment of ours. */
import { providerRegistry } from '../../providers/registry.ts';
import type { LitellmDeployment } from './litellm-config.ts';
import { toProvider } from './litellm-providers.ts';

/** The fields of a model in our configuration file. */
export interface Translated {
  readonly fields: Record<string, unknown>;
  /** What the owner must know or do; each a sentence. */
  readonly notes: readonly string[];
}

/** Fields with a meaning of their own here; all others are told. */
const READ = new Set([
  ...['model', 'api_key', 'api_base', 'base_url', 'api_version', 'weight', 'rpm', 'tpm'],
  ...['timeout', 'stream_timeout', 'max_retries', 'num_retries', 'extra_headers', 'headers', 'drop_params'],
  ...[
    'input_cost_per_token',
    'output_cost_per_token',
    'cache_read_input_token_cost',
    'cache_creation_input_token_cost',
  ],
  'additional_drop_params',
]);

/** @returns nothing for a provider this server has not, or a name for all models */
export function translateDeployment({
  model_name,
  litellm_params,
  model_info,
}: LitellmDeployment): Translated | undefined {
  const given = litellm_params as Record<string, unknown>;
  const found = toProvider(litellm_params.model);
  if (!found) return undefined;
  const notes: string[] = [];
  const base = textIfAny(given.api_base) ?? textIfAny(given.base_url);
  const isElsewhere = found.provider === 'openai' && base !== undefined && !base.includes('api.openai.com');
  const provider = isElsewhere ? 'openai-compatible' : found.provider;
  const fields: Record<string, unknown> = { provider, model: found.model };
  if (base) fields.base_url = addressOf(base, model_name, notes);
  if (given.api_version)
    notes.push(
      provider === 'azure'
        ? `${model_name}: its api_version is not carried over: without one Azure's /openai/v1 is called. Set AZURE_OPENAI_API_VERSION where you need one.`
        : `${model_name}: api_version of litellm_params has no counterpart.`,
    );
  Object.assign(fields, keyField(given.api_key, provider, model_name, notes));
  const headers = given.extra_headers ?? given.headers;
  if (headers) fields.headers = headersOf(headers as Record<string, unknown>, notes, model_name);
  const price = priceOf({ ...model_info, ...given });
  if (price) fields.price = price;
  const window = numberOf(model_info?.max_input_tokens);
  if (window) fields.context_window = window;
  const cap = numberOf(model_info?.max_output_tokens) ?? numberOf(model_info?.max_tokens);
  if (cap) fields.max_output_tokens = cap;
  const attempt = numberOf(given.timeout);
  const firstToken = numberOf(given.stream_timeout);
  if (attempt || firstToken)
    fields.timeouts = {
      ...(attempt && { attempt: `${attempt}s` }),
      ...(firstToken && { first_token: `${firstToken}s` }),
    };
  const retries = numberOf(given.max_retries) ?? numberOf(given.num_retries);
  if (retries !== undefined) fields.retries = Math.min(retries, 10);
  if (Array.isArray(given.additional_drop_params)) fields.drop_params = given.additional_drop_params;
  const weight = numberOf(given.weight) ?? numberOf(given.rpm) ?? numberOf(given.tpm);
  if (weight) fields.weight = weight;
  if (given.rpm || given.tpm)
    notes.push(
      `${model_name}: rpm and tpm of a deployment become its share of the load; a provider's own 429 is what holds it back here.`,
    );
  const unread = Object.keys(given).filter((name) => !READ.has(name));
  if (unread.length > 0)
    notes.push(`${model_name}: ${unread.join(', ')} of litellm_params has no counterpart.`);
  return { fields, notes };
}

/** A key that stands in the file itself is not written anywhere again. */
function keyField(key: unknown, provider: string, model: string, notes: string[]): { api_key?: string } {
  const text = textIfAny(key);
  if (!text) return {};
  const name = /^os\.environ\/(\w+)$/.exec(text)?.[1];
  const usual = (providerRegistry as Record<string, { keys: readonly string[] }>)[provider]?.keys ?? [];
  if (name && usual.includes(name)) return {};
  if (name) return { api_key: `\${${name}}` };
  if (/^(none|anything|fake.*|sk-1234|na|null|dummy.*)$/i.test(text)) return {};
  const invented = `${model.toUpperCase().replaceAll(/\W+/g, '_')}_API_KEY`;
  notes.push(`${model}: its key stands in LiteLLM's file; put it into the environment as ${invented}.`);
  return { api_key: `\${${invented}}` };
}

/** An address that carries a password or a query may carry a secret: it goes into the environment whole. */
function addressOf(base: string, model: string, notes: string[]): string {
  if (!/[@?]/.test(base)) return inOurWords(base);
  const invented = `${model.toUpperCase().replaceAll(/\W+/g, '_')}_BASE_URL`;
  notes.push(
    `${model}: its address stands in LiteLLM's file with what may be a secret; put it into the environment as ${invented}.`,
  );
  return `\${${invented}}`;
}

function headersOf(headers: Record<string, unknown>, notes: string[], model: string): Record<string, string> {
  const written: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (/auth|key|token|secret|cookie|password/i.test(name) && !/^os\.environ\//.test(String(value))) {
      const invented = `${model}_${name}`.toUpperCase().replaceAll(/\W+/g, '_');
      notes.push(
        `${model}: the header ${name} stands in LiteLLM's file; put it into the environment as ${invented}.`,
      );
      written[name] = `\${${invented}}`;
    } else written[name] = inOurWords(String(value));
  }
  return written;
}

/** Dollars per token there, per million here. */
function priceOf(given: Record<string, unknown>): Record<string, number> | undefined {
  const input = numberOf(given.input_cost_per_token);
  const output = numberOf(given.output_cost_per_token);
  if (input === undefined || output === undefined) return undefined;
  const cached = numberOf(given.cache_read_input_token_cost);
  const written = numberOf(given.cache_creation_input_token_cost);
  return {
    input: perMillion(input),
    output: perMillion(output),
    ...(cached !== undefined && { cached_input: perMillion(cached) }),
    ...(written !== undefined && { cache_write: perMillion(written) }),
  };
}

/** Without what binary fractions add: 0.00000015 is 0.15. */
function perMillion(dollars: number): number {
  return Number((dollars * 1e6).toPrecision(12));
}

/** `os.environ/NAME` there is `${NAME}` here. */
export function inOurWords(text: string): string {
  return text.replace(/^os\.environ\/(\w+)$/, (_all, name: string) => `\${${name}}`);
}

/** A text that says something; YAML gives numbers and nothing for what people leave empty. */
export function textIfAny(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** YAML reads `1e-06` as a text and `0.000001` as a number. */
export function numberOf(value: unknown): number | undefined {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) && number >= 0 ? number : undefined;
}
