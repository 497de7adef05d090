import { openAiServices } from './openai.ts';
import type { Provider, Target } from './provider.ts';
import type { Transport } from './transport.ts';

const VERSION_VARIABLES = ['AZURE_OPENAI_API_VERSION', 'OPENAI_API_VERSION'];
/** The last version that is not a preview, for an address that names a deployment and no version. */
const LAST_DATED_VERSION = '2024-10-21';

/**
 * Azure OpenAI, by OpenAI's official package. The model of a target is the name of a deployment there. Azure has
 * two APIs with one body: deployment URLs, which need an API version, and `/openai/v1`, which needs none.
 * (Azure OpenAI reference: learn.microsoft.com/azure/ai-foundry/openai/reference and …/api-version-lifecycle.)
 */
export function azure(transport: Transport): Provider {
  return openAiServices('azure', transport, clientOf);
}

/**
 * The base URL of a target: the resource's endpoint, or any longer address that Azure's pages show, with
 * `/openai/v1` where no API version is known and `/openai?api-version=…` where one is.
 * @param given a URL; its own `api-version` is worth more than the environment's
 */
export function azureAddress(
  given: string,
  environment: Readonly<Record<string, string | undefined>>,
): string {
  const url = new URL(given);
  const path = url.pathname.replace(/\/+$/, '').replace(/\/chat\/completions$/, '');
  if (path.endsWith('/openai/v1')) {
    url.pathname = path;
    return url.href;
  }
  const version =
    url.searchParams.get('api-version') ??
    VERSION_VARIABLES.map((name) => environment[name]?.trim()).find(Boolean);
  const namesDeployment = path.includes('/deployments/');
  url.pathname = namesDeployment || path.endsWith('/openai') ? path : `${path}/openai`;
  if (version || namesDeployment) url.searchParams.set('api-version', version ?? LAST_DATED_VERSION);
  else url.pathname += '/v1';
  return url.href;
}

async function clientOf(target: Target): Promise<unknown> {
  const { default: OpenAI, AzureOpenAI } = await import('openai');
  const { origin, pathname, searchParams } = new URL(azureAddress(target.baseUrl ?? '', {}));
  const query = Object.fromEntries(searchParams);
  // Organisations and projects are OpenAI's own affair; the packages would take them from the environment.
  const options = {
    apiKey: target.apiKey,
    baseURL: origin + pathname,
    defaultQuery: query,
    organization: null,
    project: null,
    maxRetries: 0,
  };
  return pathname.endsWith('/openai/v1')
    ? new OpenAI({ ...options, defaultHeaders: { 'api-key': target.apiKey, authorization: null } })
    : new AzureOpenAI({ ...options, apiVersion: query['api-version'], deployment: target.model });
}
