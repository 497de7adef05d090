/** What a provider's list of models says of one model. The lists differ by provider; the failures are like all others. */
import type { Target } from '../providers/provider.ts';
import type { Transport } from '../providers/transport.ts';
import { readText } from '../providers/whole-or-stream.ts';

/** Whether the provider still has it. */
export interface Listed {
  readonly isListed: boolean;
  /** The day the provider will switch it off, where it says so (OpenAI's `shutdown_date`). */
  readonly shutdownDate: string | undefined;
}

/** Addresses their packages know, where the configuration names none. */
const KNOWN: Readonly<Record<string, string>> = {
  openai: 'https://api.openai.com/v1',
  together: 'https://api.together.ai/v1',
  anthropic: 'https://api.anthropic.com',
  cohere: 'https://api.cohere.com/v2',
  replicate: 'https://api.replicate.com/v1',
};

/**
 * @returns nothing where a provider has no list (Azure's deployments, Perplexity)
 * @throws {UpstreamFailure} when the list cannot be had
 */
export async function lookUp(
  target: Target,
  transport: Transport,
  signal: AbortSignal,
): Promise<Listed | undefined> {
  const base = (target.baseUrl ?? KNOWN[target.provider] ?? '').replace(/\/$/, '');
  const place = listOf(target, base);
  if (!place) return undefined;
  const { origin, pathname, search } = new URL(place.url);
  const prepared = { origin, path: pathname + search, headers: { ...place.headers, ...target.headers } };
  const reply = await transport.get(prepared, target, { signal });
  const body = JSON.parse(await readText(reply.body, target)) as unknown;
  // OpenAI and Anthropic `{data: […]}`, Cohere `{models: […]}`, Together a bare list; one model by itself is there.
  const { data, models } = body as { data?: unknown; models?: unknown };
  const list = [body, data, models].find(Array.isArray) as Record<string, unknown>[] | undefined;
  if (!list) return { isListed: true, shutdownDate: undefined };
  const found = list.find(
    ({ id, name }) => id === target.model || name === target.model || id === `models/${target.model}`,
  );
  return { isListed: found !== undefined, shutdownDate: dateOf(found?.shutdown_date) };
}

function listOf({ provider, apiKey = '', model }: Target, base: string) {
  const bearer = { authorization: `Bearer ${apiKey}` };
  switch (provider) {
    case 'azure':
    case 'perplexity':
      return undefined;
    case 'anthropic':
      return {
        url: `${base}/v1/models?limit=1000`,
        headers: { 'x-api-key': apiKey, 'anthropic-version': '2023-06-01' },
      };
    case 'cohere':
      return { url: `${base.replace(/\/v2$/, '')}/v1/models?page_size=1000`, headers: bearer };
    case 'replicate':
      return { url: `${base}/models/${model.split(':')[0]}`, headers: bearer };
    default:
      return { url: `${base}/models`, headers: bearer };
  }
}

/** Seconds since 1970, or a day. */
function dateOf(value: unknown): string | undefined {
  if (typeof value === 'number') return new Date(value * 1000).toISOString().slice(0, 10);
  return typeof value === 'string' && value !== '' ? value.slice(0, 10) : undefined;
}
