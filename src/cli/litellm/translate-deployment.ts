/** One entry of LiteLLM's `model_list` as a deployment of ours. */
import { providerRegistry } from '../../providers/registry.ts';
import type { LitellmDeployment } from './litellm-config.ts';
import { toProvider } from './litellm-providers.ts';
import { Section } from './section.ts';

/** The fields of a model in our configuration file. */
export interface Translated {
  readonly fields: Record<string, unknown>;
  /** What the owner must know or do; each a sentence. */
  readonly notes: readonly string[];
}

/** Most retries that a model may have here. */
export const MAX_RETRIES = 10;

/** What a model may be called for here. */
const MODES = new Set(['chat', 'completion', 'responses', 'embedding']);

/** @returns nothing for a provider this server has not, or a name for all models */
export function translateDeployment({
  model_name: name,
  litellm_params,
  model_info,
  ...others
}: LitellmDeployment): Translated | undefined {
  const found = toProvider(litellm_params.model);
  if (!found || found.model.includes('*')) return undefined;
  const notes: string[] = [];
  const params = new Section(litellm_params, `${name}: … of litellm_params`, notes);
  const info = new Section(model_info, `${name}: … of model_info`, notes);
  params.ignore('model');
  // What LiteLLM itself, its pages and its price list know a model by.
  info.ignore('id', 'db_model', 'description');
  const base = params.text('api_base') ?? params.text('base_url');
  const isElsewhere = found.provider === 'openai' && base !== undefined && !base.includes('api.openai.com');
  const provider = isElsewhere ? 'openai-compatible' : found.provider;
  const mode = info.text('mode') ?? 'chat';
  if (!MODES.has(mode)) notes.push(`${name}: there is no ${mode} here; it is called as a chat model.`);
  const isEmbedding = mode === 'embedding';
  const fields = withoutNothing({
    provider,
    model: found.model,
    base_url: base && addressOf(base, name, notes),
    api_key: keyOf(params.text('api_key'), provider, name, notes),
    headers: headersOf({ ...params.record('headers'), ...params.record('extra_headers') }, notes, name),
    price: priceOf(params, info, isEmbedding, name, notes),
    context_window: info.number('max_input_tokens'),
    max_output_tokens: outputCapOf(info),
    timeouts: timeoutsOf(params),
    retries: retriesOf(params, name, notes),
    drop_params: namesOf(params.value('additional_drop_params')),
    weight: weightOf(params, name, notes),
  });
  if (params.value('api_version')) notes.push(versionNote(name, provider));
  // What a target cannot take is always left out, and named.
  params.ignore('drop_params');
  for (const section of [params, info, new Section(others, `${name}: … of its entry`, notes)])
    section.tellTheRest();
  return { fields, notes };
}

function withoutNothing(fields: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

function versionNote(model: string, provider: string): string {
  return provider === 'azure'
    ? `${model}: its api_version is not carried over: without one Azure's /openai/v1 is called. Set AZURE_OPENAI_API_VERSION where you need one.`
    : `${model}: api_version of litellm_params has no counterpart.`;
}

/** A key that stands in the file itself is not written anywhere again. */
function keyOf(
  key: string | undefined,
  provider: string,
  model: string,
  notes: string[],
): string | undefined {
  if (!key) return undefined;
  const name = /^os\.environ\/(\w+)$/.exec(key)?.[1];
  const usual = (providerRegistry as Record<string, { keys: readonly string[] }>)[provider]?.keys ?? [];
  if (name && usual.includes(name)) return undefined;
  if (name) return `\${${name}}`;
  if (/^(none|anything|fake.*|sk-1234|na|null|dummy.*)$/i.test(key)) return undefined;
  const invented = variableOf(`${model}_API_KEY`);
  notes.push(`${model}: its key stands in LiteLLM's file; put it into the environment as ${invented}.`);
  return `\${${invented}}`;
}

/** An address that carries a password or a query may carry a secret: it goes into the environment whole. */
function addressOf(base: string, model: string, notes: string[]): string {
  if (!/[@?]/.test(base)) return inOurWords(base);
  const invented = variableOf(`${model}_BASE_URL`);
  notes.push(
    `${model}: its address stands in LiteLLM's file with what may be a secret; put it into the environment as ${invented}.`,
  );
  return `\${${invented}}`;
}

function headersOf(
  headers: Record<string, unknown>,
  notes: string[],
  model: string,
): Record<string, string> | undefined {
  const written: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (/auth|key|token|secret|cookie|password/i.test(name) && !/^os\.environ\//.test(String(value))) {
      const invented = variableOf(`${model}_${name}`);
      notes.push(
        `${model}: the header ${name} stands in LiteLLM's file; put it into the environment as ${invented}.`,
      );
      written[name] = `\${${invented}}`;
    } else written[name] = inOurWords(String(value));
  }
  return Object.keys(written).length > 0 ? written : undefined;
}

function variableOf(name: string): string {
  return name.toUpperCase().replaceAll(/\W+/g, '_');
}

/** Dollars per token there, per million here; what stands beside the parameters counts more than what is known of the model. */
function priceOf(
  params: Section,
  info: Section,
  isEmbedding: boolean,
  model: string,
  notes: string[],
): Record<string, number> | undefined {
  const costOf = (name: string) => {
    const known = info.number(name);
    return params.number(name) ?? known;
  };
  const input = costOf('input_cost_per_token');
  const output = costOf('output_cost_per_token') ?? (isEmbedding ? 0 : undefined);
  const cached = costOf('cache_read_input_token_cost');
  const written = costOf('cache_creation_input_token_cost');
  if (input !== undefined && output !== undefined)
    return {
      input: perMillion(input),
      output: perMillion(output),
      ...(cached !== undefined && { cached_input: perMillion(cached) }),
      ...(written !== undefined && { cache_write: perMillion(written) }),
    };
  if ([input, output, cached, written].some((cost) => cost !== undefined))
    notes.push(
      `${model}: its price is not carried over, as one needs input_cost_per_token and output_cost_per_token both.`,
    );
  return undefined;
}

/** Without what binary fractions add: 0.00000015 is 0.15. */
function perMillion(dollars: number): number {
  return Number((dollars * 1e6).toPrecision(12));
}

function outputCapOf(info: Section): number | undefined {
  const older = info.number('max_tokens');
  return info.number('max_output_tokens') ?? older;
}

function timeoutsOf(params: Section): object | undefined {
  const attempt = params.number('timeout');
  const firstToken = params.number('stream_timeout');
  if (!attempt && !firstToken) return undefined;
  return withoutNothing({
    attempt: attempt ? `${attempt}s` : undefined,
    first_token: firstToken ? `${firstToken}s` : undefined,
  });
}

function retriesOf(params: Section, model: string, notes: string[]): number | undefined {
  const other = params.number('num_retries');
  const retries = params.number('max_retries') ?? other;
  return retries === undefined ? undefined : atMostRetries(retries, model, notes);
}

/** @param of whose retries they are, for the note */
export function atMostRetries(retries: number, of: string, notes: string[]): number {
  if (retries > MAX_RETRIES)
    notes.push(`${of}: ${MAX_RETRIES} retries in place of ${retries}, the most there are here.`);
  return Math.min(Math.round(retries), MAX_RETRIES);
}

function weightOf(params: Section, model: string, notes: string[]): number | undefined {
  const [weight, rpm, tpm] = ['weight', 'rpm', 'tpm'].map((name) => params.number(name));
  if (rpm || tpm)
    notes.push(
      `${model}: rpm and tpm of a deployment become its share of the load; a provider's own 429 is what holds it back here.`,
    );
  return weight || rpm || tpm || undefined;
}

function namesOf(value: unknown): string[] | undefined {
  if (value === undefined || value === null) return undefined;
  return [value].flat().map(String);
}

/** `os.environ/NAME` there is `${NAME}` here. */
export function inOurWords(text: string): string {
  return text.replace(/^os\.environ\/(\w+)$/, (_all, name: string) => `\${${name}}`);
}
