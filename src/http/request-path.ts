/**
 * Paths as programs make them: base URLs that end in a slash, and the deployment URLs of Azure's clients, which name the
 * model in the path (learn.microsoft.com/azure/ai-foundry/openai/reference, 2026-11).
 */
import type { IncomingMessage } from 'node:http';

const AZURE_DEPLOYMENT = /^\/openai\/deployments\/([^/]+)(\/.+)$/;
/** Azure's paths that name no deployment: `/openai/v1/chat/completions`, and the list of models. */
const AZURE_PLAIN = /^\/openai(?:\/v1)?(\/(?!deployments).+)$/;

/**
 * Rewrites the request's URL to the one our routes know; the query stays as it is.
 * @returns the model that the path named, if it did
 */
export function normalizePath(request: IncomingMessage): string | undefined {
  const url = request.url!;
  if (!url.includes('//') && !url.startsWith('/openai/') && !url.endsWith('/')) return undefined;
  const queryAt = url.indexOf('?');
  const query = queryAt < 0 ? '' : url.slice(queryAt);
  const path = (queryAt < 0 ? url : url.slice(0, queryAt)).replace(/\/{2,}/g, '/').replace(/(.)\/$/, '$1');
  const [, name, rest] = AZURE_DEPLOYMENT.exec(path) ?? [];
  const model = name === undefined ? undefined : decoded(name);
  if (model !== undefined) {
    request.url = `/v1${rest}${query}`;
  } else {
    const plain = AZURE_PLAIN.exec(path)?.[1];
    request.url = (plain === undefined ? path : `/v1${plain}`) + query;
  }
  return model;
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
